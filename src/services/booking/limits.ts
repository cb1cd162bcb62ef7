import type { ImageRow } from '../../../db/rows.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { horizonDays, imagingMinutes, type Limits } from '../../domain/limits.ts';
import { day, inWords, minute } from '../../domain/time.ts';
import type { SignedIn } from '../views.ts';

/** Makes the counter row of a limit change, so that two bookings of one person certify against each other (design, section 5). */
export async function bumpCounter(tx: Tx, name: string): Promise<void> {
  if ((await tx.change('UPDATE counters SET changes = changes + 1 WHERE name = ?', [name])) === 1) return;
  await tx.table('counters').insert({ name, changes: 1 });
}

interface Booking {
  readonly start: number;
  readonly end: number;
  readonly minutes: number;
  readonly startsNow: boolean;
  readonly imaging?: boolean;
}

/** The limits that need no counting: throws LabError naming the field. `mostMinutes` is the image's own. */
export function checkLength(me: SignedIn, booking: Booking, mostMinutes: number | null, now: number): void {
  const floor = booking.imaging ? imagingMinutes : 0;
  const mine = me.limits.initialMinutes;
  const most = leastOf(mine === null ? null : Math.max(mine, floor), mostMinutes);
  if (most !== null && booking.minutes > most) {
    throw new LabError('reservation.limit-length', {
      fields: { minutes: `At most ${inWords(most * minute)} at first.` },
      alternatives:
        most > 0 ? [{ kind: 'minutes', minutes: most, label: `Take ${inWords(most * minute)}` }] : [],
    });
  }
  if (booking.end > now + horizonDays * day) {
    throw new LabError('reservation.limit-horizon', {
      fields: { start: `It must end within ${horizonDays} days.` },
    });
  }
  const { daysAhead } = me.limits;
  if (daysAhead !== null && booking.start > now + daysAhead * day) {
    throw new LabError('reservation.limit-horizon', {
      fields: { start: `At most ${daysAhead} days ahead.` },
    });
  }
}

/** The limits that count rows; the person's counter was bumped before in this transaction, so the counts are exact. */
export async function checkCounts(
  tx: Reader,
  me: { id: number; limits: Limits },
  booking: Booking,
): Promise<void> {
  const { overlap, upcoming } = me.limits;
  if (overlap === null && upcoming === null) return;
  const [row] = await tx.rows<{ overlapping: number | null; upcoming: number | null; other: number | null }>(
    `SELECT SUM(CASE WHEN start_at < ? AND end_at > ? THEN 1 ELSE 0 END) AS overlapping,
            SUM(CASE WHEN start_at > ? AND state = 'new' AND starts_now = 0 THEN 1 ELSE 0 END) AS upcoming,
            MAX(CASE WHEN start_at < ? AND end_at > ? THEN id END) AS other
       FROM reservations WHERE user_id = ? AND live = 1`,
    [booking.end, booking.start, tx.now, booking.end, booking.start, me.id],
  );
  if (overlap !== null && Number(row?.overlapping ?? 0) >= overlap) {
    const label = overlap === 1 ? 'You have one: open it' : `You have ${overlap}: open one`;
    throw new LabError('reservation.limit-overlap', {
      ...(overlap === 1 ? { detail: 'Your group may have one machine at a time.' } : {}),
      alternatives: row?.other ? [{ kind: 'end-other', reservationId: Number(row.other), label }] : [],
    });
  }
  if (!booking.startsNow && upcoming !== null && Number(row?.upcoming ?? 0) >= upcoming) {
    throw new LabError('reservation.limit-upcoming', {
      detail: `You may have ${upcoming} bookings that have not begun.`,
    });
  }
}

/** An image may be in use only so often at once; its counter was bumped before, so the count is exact. */
export async function checkImageCount(
  tx: Reader,
  image: Pick<ImageRow, 'id' | 'max_at_once'>,
  booking: Pick<Booking, 'start' | 'end'>,
): Promise<void> {
  if (image.max_at_once === null) return;
  const [row] = await tx.rows<{ n: number }>(
    'SELECT COUNT(*) AS n FROM reservations WHERE image_id = ? AND live = 1 AND start_at < ? AND end_at > ?',
    [image.id, booking.end, booking.start],
  );
  if (Number(row?.n ?? 0) >= image.max_at_once) throw new LabError('reservation.image-limit');
}

export function leastOf(...values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : Math.min(...numbers);
}
