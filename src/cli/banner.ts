import { accountNames } from '../../db/queries/people.ts';
import { makeSignInLink } from '../services/accounts/sign-in.ts';
import type { Enrolled } from '../services/setup/enrol.ts';
import { siteAddress, tunnelCommand } from './address.ts';
import type { Installation } from './installation.ts';
import { say } from './say.ts';

const mostLinks = 5;

/** Shown once in an account's life. */
export function showFirstPasswords({ data }: Installation, passwords: Enrolled['firstPasswords']): void {
  if (passwords.length === 0) return;
  say(`First passwords, shown once (each is kept in ${data.firstPasswords} until it was used):`);
  for (const { name, password } of passwords) say(`  ${name.padEnd(12)} ${password}`);
  say();
}

/** Where the site is and how to get in. */
export async function showAddress({ config, deps }: Installation, port: number): Promise<void> {
  const site = siteAddress(config, port);
  say(`${config.siteName} is at ${site}`);
  const tunnel = tunnelCommand(config, port, process.env);
  if (tunnel !== null) {
    say('On the computer you came from, run this first, and then open the same address there:');
    say(`  ${tunnel}`);
  }
  say('Sign in with one of these links; each works once, for ten minutes:');
  for (const name of (await accountNames(deps.db)).slice(0, mostLinks)) {
    say(`  ${name.padEnd(12)} ${site}/sign-in/link/${await makeSignInLink(deps, name)}`);
  }
  say('Ctrl-C stops it.');
  say();
}
