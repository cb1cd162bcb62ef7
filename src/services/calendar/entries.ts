import {
  type OwnClassRow,
  type OwnReservationRow,
  oneReservation,
  ownClasses,
  ownReservations,
} from '../../../db/queries/own-calendar.ts';
import { installationOf } from '../../../db/repositories/installation.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { horizonDays } from '../../domain/limits.ts';
import { day } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { mine } from '../reservations/read.ts';
import type { CalendarEntry, SignedIn } from '../views.ts';

interface Span {
  readonly from: number;
  readonly until: number;
}

export async function ownCalendar(deps: ServiceDeps, me: SignedIn, span: Span): Promise<CalendarEntry[]> {
  if (!(span.until > span.from)) throw invalid('until', 'It must be later than where it begins.');
  if (span.until - span.from > horizonDays * day) throw invalid('until', `At most ${horizonDays} days.`);
  return reading(deps.db, (reader) => entriesOf(reader, me.id, span));
}

export function calendarEntry(deps: ServiceDeps, me: SignedIn, id: number): Promise<CalendarEntry> {
  return reading(deps.db, async (reader) => {
    await mine(reader, me, id, 'reservation.read');
    const row = await oneReservation(reader, id);
    if (!row) throw new LabError('not-found');
    return ofReservation(row, await installationOf(reader));
  });
}

/** What somebody has and may go to, in order. */
export async function entriesOf(reader: Reader, userId: number, span: Span): Promise<CalendarEntry[]> {
  const installation = await installationOf(reader);
  const reservations = await ownReservations(reader, userId, span);
  const classes = await ownClasses(reader, userId, span);
  return [
    ...reservations.map((row) => ofReservation(row, installation)),
    ...classes.map((row) => ofClass(row, installation)),
  ].sort((a, b) => a.start - b.start || a.uid.localeCompare(b.uid));
}

/** The number of a booking's version is higher each time that anything of it was changed: that is all a sequence must be. */
function ofReservation(row: OwnReservationRow, installation: string): CalendarEntry {
  const end = Math.min(Number(row.end_at), Number(row.ended_at ?? row.end_at));
  return {
    ...{ uid: reservationUid(row.id, installation), sequence: row.version },
    ...{ title: row.image_title, image: row.image_name, start: Number(row.start_at), end },
    ...{ reservation: { id: row.id, state: row.state }, class: null },
  };
}

function ofClass(row: OwnClassRow, installation: string): CalendarEntry {
  const { block_id: blockId, course, seats, teaches } = row;
  return {
    ...{ uid: `class-${row.id}@${installation}`, sequence: row.version },
    ...{ title: row.image_title, image: row.image_name },
    ...{ start: Number(row.start_at), end: Number(row.end_at), reservation: null },
    class: { blockId, dateId: row.id, course, seats, teaches: teaches === 1 },
  };
}

/** The same in every calendar it gets into, by whichever way. */
export function reservationUid(id: number, installation: string): string {
  return `reservation-${id}@${installation}`;
}
