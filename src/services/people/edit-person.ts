import { type PersonListRow, personRow } from '../../../db/queries/people-list.ts';
import { removeSessionsOf, setPassword } from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { describePerson, removeTokens, setGroups } from '../../../db/repositories/people.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { hashDrawnPassword } from '../../lib/passwords.ts';
import { randomPassword } from '../../lib/secrets.ts';
import { mailAddress } from '../accounts/preferences.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { PersonChanges } from '../people.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { administer, refuseOthers } from './guard.ts';
import { groupNames, personView } from './list.ts';
import { groupIds, personFaults, refuseFaults } from './rules.ts';

/** Changes who somebody is and which groups they are in; whoever saves second is told, and nothing of theirs is applied. */
export async function editPerson(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: PersonChanges,
): Promise<void> {
  refuseOthers(me);
  const displayName = changes.displayName?.trim();
  refuseFaults(personFaults({ displayName, email: changes.email }));
  await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      const row = await somebody(tx, id);
      const now = personView(row, await groupNames(tx));
      if (changes.version !== undefined && changes.version !== now.version)
        throw new LabError('changed-meanwhile');
      const email = changes.email === undefined ? row.email : mailAddress(changes.email);
      await describePerson(tx, id, { displayName: displayName ?? row.display_name, email });
      if (changes.groups !== undefined) await setGroups(tx, id, await groupIds(tx, changes.groups));
      const fields = Object.keys(changes).filter((name) => name !== 'version');
      const groups = changes.groups === undefined ? {} : { groups: changes.groups };
      await addEvent(tx, {
        kind: 'person.changed',
        actorId: me.id,
        data: { userId: id, name: row.name, fields, ...groups },
      });
    }),
  );
}

/** A new first password for somebody else, told once: null when the same request had drawn it before. Their sessions end. */
export async function resetPassword(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  { revokeTokens = false }: { readonly revokeTokens?: boolean } = {},
  once: Once = {},
): Promise<string | null> {
  refuseOthers(me);
  if (id === me.id)
    throw new LabError('person.yourself', { detail: 'Change your own password on your account’s page.' });
  const password = randomPassword();
  const hash = await hashDrawnPassword(password);
  let name = '';
  const { repeated } = await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      const row = await somebody(tx, id);
      name = row.name;
      return doOnce(tx, me, once, ['reset-password', id, revokeTokens ? 1 : 0], async () => {
        await setPassword(tx, id, hash, 'always');
        await removeSessionsOf(tx, id, null);
        if (revokeTokens) await removeTokens(tx, id);
        const data = { userId: id, name, revokeTokens };
        await addEvent(tx, { kind: 'person.password-set', actorId: me.id, data });
        return null;
      });
    }),
  );
  if (repeated) return null;
  await deps.forgetFirstPassword?.(name);
  return password;
}

/** Throws not-found, and `person.removed` for somebody who was. */
async function somebody(tx: Tx, id: number): Promise<PersonListRow> {
  const row = await personRow(tx, id);
  if (!row) throw new LabError('not-found');
  if (row.removed_at !== null) throw new LabError('person.removed');
  return row;
}
