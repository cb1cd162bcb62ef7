import { personById, personByName } from '../../../db/queries/people.ts';
import {
  addUser,
  groupId,
  removeSessionsOf,
  setPassword,
  userId,
} from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { hashPassword, verifyPassword } from '../../lib/passwords.ts';
import { sha256 } from '../../lib/secrets.ts';
import type { ServiceDeps } from '../deps.ts';
import { guardPeople } from '../people/guard.ts';
import type { Services } from '../services.ts';
import { limitAttempts } from './attempts.ts';
import { checkPassword, checkUserName, mostPasswordLetters } from './password-rules.ts';
import { mailAddress } from './preferences.ts';

/** Changing one's own password. The sessions on other devices end with the old one. */
export function passwordServices(deps: ServiceDeps): Pick<Services, 'changePassword'> {
  const { db } = deps;
  return {
    async changePassword(me, { old, password, keep }) {
      if (!may(me, 'own-account')) throw new LabError('not-allowed');
      checkPassword(me.name, password);
      const [person] = await personById(db, me.id);
      if (!person) throw new LabError('not-found');
      const unknownYet = person.must_change_password > 0 || person.password_hash === null;
      if (old !== null || !unknownYet) await checkOld(deps, me.name, old ?? '', person.password_hash);
      if (old === password) throw invalid('password', 'That is the password you have already.');
      const hash = await hashPassword(password);
      await inTransaction(db, async (tx) => {
        await setPassword(tx, me.id, hash, 'never');
        await removeSessionsOf(tx, me.id, keep === undefined ? null : sha256(keep));
        await addEvent(tx, { kind: 'account.password-changed', actorId: me.id });
      });
      await deps.forgetFirstPassword?.(me.name);
    },
  };
}

async function checkOld(deps: ServiceDeps, name: string, old: string, hash: string | null): Promise<void> {
  const right = await limitAttempts(deps.db, name, 'change of password', () =>
    verifyPassword(old.slice(0, mostPasswordLetters), hash),
  );
  if (!right) throw invalid('old', 'That is not your present password.');
}

/** Sets an account's password from the command line. Throws not-found and input.invalid. */
export async function setAccountPassword(deps: ServiceDeps, name: string, password: string): Promise<void> {
  const [person] = await personByName(deps.db, name);
  if (!person) throw new LabError('not-found', { detail: `There is no account "${name}".` });
  checkPassword(name, password);
  const hash = await hashPassword(password);
  await inTransaction(deps.db, async (tx) => {
    await setPassword(tx, person.id, hash, 'never');
    await removeSessionsOf(tx, person.id, null);
    await addEvent(tx, { kind: 'account.password-set', data: { userId: person.id } });
  });
  await deps.forgetFirstPassword?.(name);
}

/** Adds an account to a group. Throws input.invalid, name.taken and not-found (the group). */
export async function createAccount(
  deps: ServiceDeps,
  account: {
    readonly name: string;
    readonly group: string;
    readonly password: string | null;
    readonly email?: string;
  },
): Promise<void> {
  checkUserName(account.name);
  const email = mailAddress(account.email ?? '');
  if (account.password !== null) checkPassword(account.name, account.password);
  const passwordHash = account.password === null ? null : await hashPassword(account.password);
  await inTransaction(deps.db, async (tx) => {
    await guardPeople(tx);
    const group = await groupId(tx, account.group);
    if (group === null) throw invalid('group', `There is no group "${account.group}".`);
    const taken = await userId(tx, account.name);
    if (taken !== null)
      throw new LabError('name.taken', {
        fields: { name: `There is an account "${account.name}" already.` },
      });
    const { name } = account;
    const id = await addUser(tx, {
      name,
      displayName: name,
      email,
      passwordHash,
      mustChangePassword: 'never',
      groupIds: [group],
    });
    await addEvent(tx, { kind: 'account.created', data: { userId: id } });
  });
}
