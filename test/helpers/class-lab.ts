import { inTransaction, reading } from '../../db/transaction.ts';
import { minute } from '../../src/domain/time.ts';
import { addDays, wallClock } from '../../src/domain/wall-clock.ts';
import type { BlockDetailView } from '../../src/services/block-views.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { known, someone } from './administrators.ts';
import type { Lab } from './lab.ts';

/** A course with its students, and a class of it that begins soon. */
export interface ClassOfLab {
  readonly admin: SignedIn;
  readonly teacher: SignedIn;
  readonly students: readonly SignedIn[];
  readonly block: BlockDetailView;
  readonly dateId: number;
}

export interface ClassOptions {
  readonly seats: number;
  readonly students: number;
  /** Minutes until it begins. */
  readonly in?: number;
  readonly graceMinutes?: number;
}

/** A zone in which it is noon now: a class of today has room before midnight there. */
export function zoneAtNoon(): string {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

/** Asks for a class of an hour, and approves it: the next daemon holds its seats. */
export async function askForClass(lab: Lab, options: ClassOptions) {
  const timeZone = zoneAtNoon();
  const admin = await someone(lab.deps, 'admin', 'administrator');
  await someone(lab.deps, 'teacher');
  const names = Array.from({ length: options.students }, (_, n) => `student${n}`);
  for (const name of names) await someone(lab.deps, name);
  const { id: courseId } = await lab.services.addGroup(admin, { name: 'Physics' });
  const now = await reading(lab.db, async (reader) => reader.now);
  const today = wallClock(now, timeZone).slice(0, 10);
  const course = { group: 'Physics', timeZone, termFrom: today, termUntil: addDays(today, 30) };
  await lab.services.addCourse(admin, { ...course, instructors: ['teacher'], ownSeats: 400 });
  await inTransaction(lab.db, async (tx) => {
    const people = await tx.rows<{ id: number }>("SELECT id FROM users WHERE name LIKE 'student%'");
    for (const { id } of people) await tx.table('group_members').insert({ group_id: courseId, user_id: id });
  });
  const start = now + (options.in ?? 5) * minute;
  const clock = (at: number) => wallClock(at, timeZone).slice(11, 16);
  const times = {
    date: wallClock(start, timeZone).slice(0, 10),
    from: clock(start),
    until: clock(start + 60 * minute),
  };
  const teacher = await known(lab.deps, 'teacher');
  const { id } = await lab.services.askBlock(teacher, {
    ...{ courseId, image: 'simulated', seats: options.seats, graceMinutes: options.graceMinutes ?? null },
    recurrence: { kind: 'listed', times: [times] },
  });
  await lab.services.approveBlock(teacher, id);
  return { id, admin, teacher, names };
}

/** The same until they are held; a daemon of the lab has to run. */
export async function makeClass(lab: Lab, options: ClassOptions): Promise<ClassOfLab> {
  const { id, admin, teacher, names } = await askForClass(lab, options);
  const block = await lab.until(async () => {
    const found = await lab.services.inspectBlock(teacher, id);
    return found.state === 'approved' && found;
  });
  const students: SignedIn[] = [];
  for (const name of names) students.push(await known(lab.deps, name));
  return { admin, teacher, students, block, dateId: block.occurrences[0]?.id ?? 0 };
}

/** The states of a date's seats, each by its last machine, sorted. */
export function seatStates(lab: Lab, dateId: number): Promise<string> {
  return reading(lab.db, async (reader) => {
    const rows = await reader.rows<{ state: string }>(
      `SELECT a.state FROM allocations a WHERE a.block_date_id = ?
         AND NOT EXISTS (SELECT 1 FROM allocations o WHERE o.block_date_id = a.block_date_id AND o.seat = a.seat AND o.id > a.id)`,
      [dateId],
    );
    return rows
      .map(({ state }) => state)
      .toSorted()
      .join(' ');
  });
}
