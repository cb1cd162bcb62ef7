import type { Tx } from '../transaction.ts';

export interface CourseFacts {
  readonly timeZone: string;
  /** Dates of that zone. */
  readonly termFrom: string;
  readonly termUntil: string;
  /** Up to so many seats who teaches it may approve by themselves. */
  readonly ownSeats: number;
  /** Hours that each person has for its term; null: no budget. */
  readonly budgetHours: number | null;
}

const columns = (facts: CourseFacts) => ({
  time_zone: facts.timeZone,
  term_from: facts.termFrom,
  term_until: facts.termUntil,
  own_seats: facts.ownSeats,
  budget_hours: facts.budgetHours,
});

/** Makes a group a course. One that is one breaks a UNIQUE. */
export async function addCourse(tx: Tx, groupId: number, facts: CourseFacts): Promise<void> {
  await tx.table('courses').insert({ group_id: groupId, ...columns(facts), created_at: tx.now });
}

/** False when it has another version by now. */
export async function changeCourse(
  tx: Tx,
  id: number,
  version: number,
  facts: CourseFacts,
): Promise<boolean> {
  const changed: number = await tx
    .table('courses')
    .where({ group_id: id, version })
    .update({ ...columns(facts), version: version + 1 });
  return changed === 1;
}

/** These teach it and nobody else. */
export async function setInstructors(tx: Tx, groupId: number, userIds: readonly number[]): Promise<void> {
  await tx.table('course_instructors').where({ group_id: groupId }).delete();
  for (const user_id of userIds) await tx.table('course_instructors').insert({ user_id, group_id: groupId });
}

/** Its group stays, with everybody in it. */
export async function removeCourse(tx: Tx, groupId: number): Promise<void> {
  await tx.table('course_instructors').where({ group_id: groupId }).delete();
  await tx.table('courses').where({ group_id: groupId }).delete();
}
