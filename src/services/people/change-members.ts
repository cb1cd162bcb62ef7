import { groupRow } from '../../../db/queries/groups.ts';
import { userId } from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { addMember, removeMember } from '../../../db/repositories/people.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { isUserName } from '../accounts/password-rules.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { MemberChanges } from '../people.ts';
import type { MemberReport } from '../people-views.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { administer, refuseOthers } from './guard.ts';

const mostNames = 5_000;

/** Puts people into a group and takes them out, by login; what became of each is said. One that cannot be done keeps no other. */
export async function changeMembers(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: MemberChanges,
  once: Once = {},
): Promise<readonly MemberReport[]> {
  refuseOthers(me);
  const all = namedIn(changes);
  return inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      const group = await groupRow(tx, id);
      if (!group) throw new LabError('not-found');
      return changeGroupMembers(tx, me, group, all, once);
    }),
  );
}

export interface MemberChange {
  readonly name: string;
  readonly joins: boolean;
}

/** Everybody who is named. Throws input.invalid for nobody, and for too many. */
export function namedIn({ add = [], remove = [] }: MemberChanges): readonly MemberChange[] {
  const all = [
    ...namesIn(add).map((name) => ({ name, joins: true })),
    ...namesIn(remove).map((name) => ({ name, joins: false })),
  ];
  if (all.length === 0) throw invalid('names', 'Name somebody.');
  if (all.length > mostNames)
    throw invalid('names', `These are ${all.length} names: at most ${mostNames} at once.`);
  return all;
}

/** The same for whoever may do it, behind the guard of people. */
export async function changeGroupMembers(
  tx: Tx,
  me: SignedIn,
  group: { readonly id: number; readonly name: string },
  all: readonly MemberChange[],
  once: Once,
): Promise<readonly MemberReport[]> {
  let reports: readonly MemberReport[] = all.map(({ name }) => ({
    name,
    done: false,
    says: 'Asked before.',
  }));
  await doOnce(tx, me, once, ['change-members', group.id, JSON.stringify(all)], async () => {
    reports = await changeAll(tx, me, group, all);
    return null;
  });
  return reports;
}

async function changeAll(
  tx: Tx,
  me: SignedIn,
  group: { readonly id: number; readonly name: string },
  all: readonly MemberChange[],
): Promise<readonly MemberReport[]> {
  const reports: MemberReport[] = [];
  for (const { name, joins } of all) reports.push(await change(tx, group.id, name, joins));
  const done = (joins: boolean) =>
    all.flatMap(({ name, joins: mine }, at) => (mine === joins && reports[at]?.done ? [name] : []));
  const changed = { added: done(true), removed: done(false) };
  if (changed.added.length + changed.removed.length > 0) {
    const data = { groupId: group.id, name: group.name, ...changed };
    await addEvent(tx, { kind: 'group.members-changed', actorId: me.id, data });
  }
  return reports;
}

function namesIn(typed: readonly string[]): string[] {
  return [...new Set(typed.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))];
}

async function change(tx: Tx, groupId: number, name: string, joins: boolean): Promise<MemberReport> {
  const shown = name.slice(0, 60);
  const who = isUserName(name) ? await userId(tx, name) : null;
  if (who === null) return { name: shown, done: false, says: 'There is nobody with that login.' };
  const [gone] = await tx.rows('SELECT id FROM users WHERE id = ? AND removed_at IS NOT NULL', [who]);
  if (gone) return { name, done: false, says: 'They were removed.' };
  if (joins)
    return (await addMember(tx, groupId, who))
      ? { name, done: true, says: 'Added.' }
      : { name, done: false, says: 'They are in it already.' };
  return (await removeMember(tx, groupId, who))
    ? { name, done: true, says: 'Taken out.' }
    : { name, done: false, says: 'They are not in it.' };
}
