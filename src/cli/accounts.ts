import { personByName } from '../../db/queries/people.ts';
import { LabError } from '../domain/errors.ts';
import { keyServices } from '../services/accounts/keys-and-tokens.ts';
import { createAccount, setAccountPassword } from '../services/accounts/passwords.ts';
import { preferenceServices } from '../services/accounts/preferences.ts';
import { makeSignInLink } from '../services/accounts/sign-in.ts';
import { signedIn } from '../services/accounts/signed-in.ts';
import { siteAddress } from './address.ts';
import { askPassword } from './ask-password.ts';
import { withInstallation } from './installation.ts';
import { say } from './say.ts';

/** Prints a token: the last line. */
export function createToken(name: string, label: string): Promise<void> {
  return withInstallation(async ({ deps }) => {
    const me = signedIn(await personByName(deps.db, name), deps);
    if (!me) throw new LabError('not-found', { detail: `There is no account "${name}".` });
    say(await keyServices(deps).createToken(me, label));
  });
}

/** Sets a password that is asked for. */
export function setPassword(name: string): Promise<void> {
  return withInstallation(async ({ deps }) => {
    await setAccountPassword(deps, name, await askPassword(`New password of ${name}: `));
    say(`${name} has a new password; its sessions have ended.`);
  });
}

/** Sets where an account's notices are mailed. */
export function setAddress(name: string, email: string): Promise<void> {
  return withInstallation(async ({ config, deps }) => {
    const me = signedIn(await personByName(deps.db, name), deps);
    if (!me) throw new LabError('not-found', { detail: `There is no account "${name}".` });
    await preferenceServices(deps).setEmail(me, email);
    const unset = config.mail === null ? ' once LABRADOR_SMTP_URL is set' : '';
    say(
      email.trim() === ''
        ? `${name} gets no mail.`
        : `Notices of ${name} are mailed to ${email.trim()}${unset}.`,
    );
  });
}

/** Adds an account whose password is asked for. */
export function addAccount(name: string, options: { group: string; email?: string }): Promise<void> {
  return withInstallation(async ({ deps }) => {
    await createAccount(deps, { name, ...options, password: await askPassword(`Password of ${name}: `) });
    say(`${name} is in ${options.group} and may sign in.`);
  });
}

/** Prints a sign-in link. */
export function printLink(name: string): Promise<void> {
  return withInstallation(async ({ config, deps }) => {
    say(`${siteAddress(config)}/sign-in/link/${await makeSignInLink(deps, name)}`);
  });
}
