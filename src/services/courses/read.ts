import {
  type CoursePerson,
  type CourseRow,
  courseRow,
  courseRows,
  instructorRows,
  rosterRows,
} from '../../../db/queries/courses.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { spentOfCourse } from '../booking/budget.ts';
import type { CourseDetailView, CoursePersonView, CourseView } from '../course-views.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';

export function listCourses(deps: ServiceDeps, me: SignedIn): Promise<readonly CourseView[]> {
  if (!may(me, 'course.manage')) throw new LabError('not-allowed');
  const mine = me.role === 'administrator' ? null : (me.courseIds ?? []);
  return reading(deps.db, async (reader) => viewsOf(reader, await courseRows(reader, mine)));
}

export function inspectCourse(deps: ServiceDeps, me: SignedIn, id: number): Promise<CourseDetailView> {
  return reading(deps.db, async (reader) => {
    const row = await ownCourse(reader, me, id);
    const [view] = await viewsOf(reader, [row]);
    if (!view) throw new LabError('not-found');
    const spent = row.budget_hours === null ? new Map<number, number>() : await spentOfCourse(reader, row);
    const people = (await rosterRows(reader, id)).map((one) => ({
      ...personOf(one),
      spentMinutes: spent.get(one.id) ?? 0,
    }));
    return { ...view, people, mayAppoint: may(me, 'user.manage') };
  });
}

/** A course that this person may manage; another one is not there for them. */
export async function ownCourse(reader: Reader, me: SignedIn, id: number): Promise<CourseRow> {
  const row = may(me, 'course.manage', { courseId: id }) ? await courseRow(reader, id) : null;
  if (!row) throw new LabError('not-found');
  return row;
}

async function viewsOf(reader: Reader, rows: readonly CourseRow[]): Promise<CourseView[]> {
  const ids = rows.map((row) => row.group_id);
  const instructors = await instructorRows(reader, ids);
  return rows.map((row) => ({
    id: row.group_id,
    name: row.name,
    timeZone: row.time_zone,
    termFrom: row.term_from,
    termUntil: row.term_until,
    instructors: instructors.filter((one) => one.group_id === row.group_id).map(personOf),
    members: Number(row.members),
    ownSeats: row.own_seats,
    budgetHours: row.budget_hours,
    blocks: Number(row.blocks),
    version: row.version,
  }));
}

function personOf({ id, name, display_name }: CoursePerson): CoursePersonView {
  return { id, name, displayName: display_name };
}
