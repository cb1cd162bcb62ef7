import { administrators } from '../../../db/repositories/people.ts';
import type { Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { SignedIn } from '../views.ts';

/**
 * The one row that all who change people's groups, groups, and who may sign in change first: so that there always is an
 * administrator (design, section 3).
 */
export function guardPeople(tx: Tx): Promise<void> {
  return bumpCounter(tx, 'people');
}

/**
 * Does `work` behind the guard, for somebody who is an administrator when it begins and still one when it is done: of several
 * who take the role from each other at once, one is left. Throws `not-allowed`, `person.last-administrator`, `person.yourself`.
 */
export async function administer<T>(tx: Tx, me: SignedIn, work: () => Promise<T>): Promise<T> {
  await guardPeople(tx);
  const before = await administrators(tx, me.id);
  if (!before.isOne || !may(me, 'user.manage')) throw new LabError('not-allowed');
  const result = await work();
  const after = await administrators(tx, me.id);
  if (!after.isOne) throw new LabError(after.n === 0 ? 'person.last-administrator' : 'person.yourself');
  return result;
}

/** Before anything is read or counted. */
export function refuseOthers(me: SignedIn): void {
  if (!may(me, 'user.manage')) throw new LabError('not-allowed');
}
