import { courseRow, instructorRows } from '../../../db/queries/courses.ts';
import { groupRow } from '../../../db/queries/groups.ts';
import { groupId, userId } from '../../../db/repositories/accounts.ts';
import {
  type CourseFacts,
  changeCourse,
  removeCourse as deleteCourse,
  addCourse as insertCourse,
  setInstructors,
} from '../../../db/repositories/courses.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { mostSeats } from '../../domain/blocks.ts';
import { mostBudgetHours } from '../../domain/budgets.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { isDate, isZone } from '../../domain/wall-clock.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { CourseChanges, NewCourse } from '../courses.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import { administer, guardPeople, refuseOthers } from '../people/guard.ts';
import { refuseFaults } from '../people/rules.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { ownCourse } from './read.ts';

const mostInstructors = 50;

/** Makes a group a course: for administrators. */
export async function addCourse(
  deps: ServiceDeps,
  me: SignedIn,
  wish: NewCourse,
  once: Once = {},
): Promise<{ readonly id: number }> {
  refuseOthers(me);
  const { timeZone, termFrom, termUntil, ownSeats = 0, budgetHours = null } = wish;
  const facts = checked({ timeZone, termFrom, termUntil, ownSeats, budgetHours });
  return inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      const asked = ['add-course', JSON.stringify(wish)] as const;
      const { id } = await doOnce(tx, me, once, asked, async () => {
        const group = await groupOf(tx, wish.group);
        await insertCourse(tx, group, facts);
        await setInstructors(tx, group, await idsOf(tx, wish.instructors));
        await noteCourse(tx, me, 'course.added', { id: group, name: wish.group, ...facts });
        return group;
      });
      return { id };
    }),
  );
}

/** Of ordinary users, and no course yet. */
async function groupOf(tx: Tx, name: string): Promise<number> {
  const id = await groupId(tx, name.trim());
  const row = id === null ? null : await groupRow(tx, id);
  if (!row)
    throw invalid('group', `There is no group "${name.slice(0, 60)}": add it first, then its people.`);
  if (row.role !== 'user')
    throw invalid(
      'group',
      'Its people are more than users: whoever teaches a course may put people into it.',
    );
  if (Number(row.courses) === 1)
    throw new LabError('name.taken', { fields: { group: 'It is a course already.' } });
  return row.id;
}

/** Changes a course; who saves second is told. */
export async function editCourse(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: CourseChanges,
): Promise<void> {
  const { instructors, ownSeats, budgetHours } = changes;
  const appoints = instructors !== undefined || ownSeats !== undefined || budgetHours !== undefined;
  if (appoints && !may(me, 'user.manage')) throw new LabError('not-allowed');
  await inTransaction(deps.db, async (tx) => {
    await guardPeople(tx);
    const row = await ownCourse(tx, await stillTeaches(tx, me), id);
    const facts = checked({
      timeZone: changes.timeZone ?? row.time_zone,
      termFrom: changes.termFrom ?? row.term_from,
      termUntil: changes.termUntil ?? row.term_until,
      ownSeats: ownSeats ?? row.own_seats,
      budgetHours: budgetHours === undefined ? row.budget_hours : budgetHours,
    });
    if (!(await changeCourse(tx, id, changes.version ?? row.version, facts)))
      throw new LabError('changed-meanwhile');
    if (instructors !== undefined) await setInstructors(tx, id, await idsOf(tx, instructors));
    await noteCourse(tx, me, 'course.changed', { id, name: row.name, ...facts });
  });
}

/** Who was signed in with the course may not teach it any more. */
export async function stillTeaches(tx: Tx, me: SignedIn): Promise<SignedIn> {
  const rows = await tx.rows<{ group_id: number }>(
    'SELECT group_id FROM course_instructors WHERE user_id = ?',
    [me.id],
  );
  return { ...me, courseIds: rows.map((row) => row.group_id) };
}

export async function removeCourse(deps: ServiceDeps, me: SignedIn, id: number): Promise<void> {
  refuseOthers(me);
  await inTransaction(deps.db, (tx) =>
    administer(tx, me, async () => {
      // seats that are asked for begin with it too
      await bumpCounter(tx, `course:${id}`);
      const row = await courseRow(tx, id);
      if (!row) throw new LabError('not-found');
      if (Number(row.blocks) > 0)
        throw new LabError('group.in-use', {
          detail: 'Seats are asked for or held for it: withdraw them first.',
        });
      await deleteCourse(tx, id);
      await noteCourse(tx, me, 'course.removed', { id, name: row.name });
    }),
  );
}

async function noteCourse(tx: Tx, me: SignedIn, kind: string, facts: Record<string, unknown>): Promise<void> {
  const instructors = await instructorRows(tx, [Number(facts.id)]);
  const data = { ...facts, instructors: instructors.map(({ name }) => name) };
  await addEvent(tx, { kind, actorId: me.id, data });
}

/** Throws input.invalid naming every wrong field. */
function checked(facts: CourseFacts): CourseFacts {
  const fields: Record<string, string> = {};
  if (!isZone(facts.timeZone))
    fields.timeZone = 'There is no such time zone. Expected a name such as Europe/Berlin.';
  for (const field of ['termFrom', 'termUntil'] as const)
    if (!isDate(facts[field])) fields[field] = 'Expected a date, such as 2027-04-12.';
  if (facts.termUntil < facts.termFrom) fields.termUntil ??= 'The term ends before it begins.';
  if (!Number.isInteger(facts.ownSeats) || facts.ownSeats < 0 || facts.ownSeats > mostSeats)
    fields.ownSeats = `A whole number from 0 to ${mostSeats}.`;
  const { budgetHours: hours } = facts;
  if (hours !== null && (!Number.isInteger(hours) || hours < 0 || hours > mostBudgetHours))
    fields.budgetHours = `A whole number of hours up to ${mostBudgetHours}, or none.`;
  refuseFaults(fields);
  return facts;
}

async function idsOf(tx: Tx, logins: readonly string[]): Promise<number[]> {
  const names = [...new Set(logins.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))];
  if (names.length > mostInstructors)
    throw invalid('instructors', `At most ${mostInstructors} teach a course.`);
  const ids: number[] = [];
  for (const name of names) {
    const id = await userId(tx, name);
    const [open] = await tx.rows('SELECT id FROM users WHERE id = ? AND removed_at IS NULL', [id ?? 0]);
    if (id === null || !open)
      throw invalid('instructors', `There is nobody with the login "${name.slice(0, 60)}".`);
    ids.push(id);
  }
  return ids;
}
