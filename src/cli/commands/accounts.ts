import type { Command } from 'commander';
import { personByName } from '../../../db/queries/people.ts';
import { LabError } from '../../domain/errors.ts';
import { keyServices } from '../../services/accounts/keys-and-tokens.ts';
import { createAccount, setAccountPassword } from '../../services/accounts/passwords.ts';
import { makeSignInLink } from '../../services/accounts/sign-in.ts';
import { signedIn } from '../../services/accounts/signed-in.ts';
import { siteAddress } from '../address.ts';
import { askPassword } from '../ask-password.ts';
import { withInstallation } from '../installation.ts';
import { say } from '../say.ts';

/** `labrador token ...` and `labrador user ...`: what is done to accounts from this computer. */
export function addAccountCommands(program: Command): void {
  const token = program.command('token').description('Tokens for the API');
  token
    .command('create')
    .description('make a token with all rights of its person; it is the last line')
    .requiredOption('--user <name>', 'whose it is')
    .option('--label <words>', 'what it is for', 'made on the command line')
    .action((options: { user: string; label: string }) => createToken(options.user, options.label));

  const user = program.command('user').description('Accounts');
  user
    .command('password <name>')
    .description('set a password: asked for at a terminal, else the first line of the input')
    .action(setPassword);
  user
    .command('link <name>')
    .description('print a sign-in link that works once, for ten minutes')
    .action(printLink);
  user
    .command('add <name>')
    .description('add an account; its password is asked for')
    .option('--group <name>', 'its group', 'students')
    .action((name: string, options: { group: string }) => addAccount(name, options.group));
}

function createToken(name: string, label: string): Promise<void> {
  return withInstallation(async ({ deps }) => {
    const me = signedIn(await personByName(deps.db, name), deps);
    if (!me) throw new LabError('not-found', { detail: `There is no account "${name}".` });
    say(await keyServices(deps).createToken(me, label));
  });
}

function setPassword(name: string): Promise<void> {
  return withInstallation(async ({ deps }) => {
    await setAccountPassword(deps, name, await askPassword(`New password of ${name}: `));
    say(`${name} has a new password; its sessions have ended.`);
  });
}

function addAccount(name: string, group: string): Promise<void> {
  return withInstallation(async ({ deps }) => {
    await createAccount(deps, { name, group, password: await askPassword(`Password of ${name}: `) });
    say(`${name} is in ${group} and may sign in.`);
  });
}

function printLink(name: string): Promise<void> {
  return withInstallation(async ({ config, deps }) => {
    say(`${siteAddress(config)}/sign-in/link/${await makeSignInLink(deps, name)}`);
  });
}
