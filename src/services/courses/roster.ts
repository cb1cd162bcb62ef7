import { inTransaction } from '../../../db/transaction.ts';
import type { ServiceDeps } from '../deps.ts';
import { changeGroupMembers, namedIn } from '../people/change-members.ts';
import { guardPeople } from '../people/guard.ts';
import type { MemberChanges } from '../people.ts';
import type { MemberReport } from '../people-views.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { stillTeaches } from './edit.ts';
import { ownCourse } from './read.ts';

/** Who is in a course: for those who teach it too. Its group gives nobody a role. */
export async function changeRoster(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: MemberChanges,
  once: Once = {},
): Promise<readonly MemberReport[]> {
  const all = namedIn(changes);
  return inTransaction(deps.db, async (tx) => {
    await guardPeople(tx);
    const { name } = await ownCourse(tx, await stillTeaches(tx, me), id);
    return changeGroupMembers(tx, me, { id, name }, all, once);
  });
}
