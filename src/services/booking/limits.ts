import { marks } from '../../../db/marks.ts';
import { hasGoneDown } from '../../../db/queries/gone-down.ts';
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
  const { daysAhead } = me.limits;
  if (daysAhead !== null && booking.start > now + daysAhead * day) {
    throw new LabError('reservation.limit-horizon', {
      fields: { start: `At most ${daysAhead} days ahead.` },
    });
  }
  if (booking.end > now + horizonDays * day) {
    throw new LabError('reservation.limit-horizon', {
      fields: { start: `It must end within ${horizonDays} days.` },
    });
  }
}

/** What a person has, as the counting limits see it. */
interface LiveSpan {
  readonly id: number;
  readonly start_at: number;
  readonly end_at: number;
  /** 1 when it was booked ahead and has not begun. */
  readonly upcoming: number;
}

type Counted = Pick<Limits, 'overlap' | 'upcoming'>;

/**
 * What `judgeCounts` judges by; nothing where no limit counts. A seat of a class, a server, or a machine that went down for good counts
 * against nobody's own limits.
 */
export async function liveSpans(reader: Reader, me: { id: number; limits: Counted }): Promise<LiveSpan[]> {
  if (me.limits.overlap === null && me.limits.upcoming === null) return [];
  return reader.rows(
    // along the person's own: a plus keeps SQLite from an index of what nearly everybody's is, in which it need not sort
    `SELECT r.id, r.start_at, r.end_at, CASE WHEN r.start_at > ? AND r.state = 'new' AND r.starts_now = 0 THEN 1 ELSE 0 END AS upcoming
       FROM reservations r WHERE r.user_id = ? AND r.live = 1 AND +r.block_date_id IS NULL AND +r.server_name IS NULL AND NOT ${hasGoneDown}
       ORDER BY r.id`,
    [reader.now, me.id],
  );
}

/**
 * The limits that count rows; the person's counter was bumped before in this transaction, so the counts are exact. The reservation
 * `except` does not count.
 */
export async function checkCounts(
  tx: Reader,
  me: { id: number; limits: Limits },
  booking: Booking,
  except: number | null = null,
): Promise<void> {
  const spans = await liveSpans(tx, me);
  judgeCounts(
    me.limits,
    spans.filter(({ id }) => id !== except),
    booking,
  );
}

/** Throws LabError for a booking that would be one too many beside these. */
export function judgeCounts(
  { overlap, upcoming }: Counted,
  spans: readonly LiveSpan[],
  booking: Booking,
): void {
  const beside = spans.filter((span) => overlaps(span, booking));
  if (overlap !== null && beside.length >= overlap) {
    const label = overlap === 1 ? 'You have one: open it' : `You have ${overlap}: open one`;
    const other = beside.at(-1);
    throw new LabError('reservation.limit-overlap', {
      ...(overlap === 1 ? { detail: 'Your group may have one machine at a time.' } : {}),
      alternatives: other ? [{ kind: 'end-other', reservationId: other.id, label }] : [],
    });
  }
  const ahead = spans.filter((span) => Number(span.upcoming) === 1).length;
  if (!booking.startsNow && upcoming !== null && ahead >= upcoming) {
    throw new LabError('reservation.limit-upcoming', {
      detail: `You may have ${upcoming} bookings that have not begun.`,
    });
  }
}

function overlaps(
  span: Pick<LiveSpan, 'start_at' | 'end_at'>,
  booking: Pick<Booking, 'start' | 'end'>,
): boolean {
  return Number(span.start_at) < booking.end && Number(span.end_at) > booking.start;
}

type LimitedImage = Pick<ImageRow, 'id' | 'max_at_once'>;

/** An image may be in use only so often at once; its counter was bumped before, so the count is exact. */
export async function checkImageCount(
  tx: Reader,
  image: LimitedImage,
  booking: Pick<Booking, 'start' | 'end'> & { readonly count?: number },
  except: number | null = null,
): Promise<void> {
  const spans = await imageSpans(tx, [image], booking.end);
  judgeImageCount(
    image,
    spans.filter(({ id }) => id !== except),
    booking,
  );
}

interface ImageSpan {
  readonly id: number;
  readonly image_id: number;
  readonly start_at: number;
  readonly end_at: number;
}

/** The live reservations, and the seats of classes that nobody has claimed, of those of these images that may be in use only so often, which begin before `until`. */
export async function imageSpans(
  reader: Reader,
  images: readonly LimitedImage[],
  until: number,
): Promise<ImageSpan[]> {
  const ids = images.filter((image) => image.max_at_once !== null).map((image) => image.id);
  if (ids.length === 0) return [];
  const these = `image_id IN (${marks(ids)})`;
  return reader.rows(
    `SELECT id, image_id, start_at, end_at FROM reservations WHERE ${these} AND live = 1 AND start_at < ? AND end_at > ?
     UNION ALL SELECT r.id, m.image_id, r.start_at, r.end_at FROM allocations m JOIN reservations r ON r.id = m.reservation_id
       WHERE m.${these} AND r.live = 1 AND m.released_at IS NULL AND r.start_at < ? AND r.end_at > ?
     UNION ALL SELECT 0, d.image_id, d.start_at, d.end_at FROM block_dates d JOIN allocations a ON a.block_date_id = d.id
       WHERE d.${these} AND d.start_at < ? AND d.end_at > ? AND a.reservation_id IS NULL AND a.released_at IS NULL`,
    [...ids, until, reader.now, ...ids, until, reader.now, ...ids, until, reader.now],
  );
}

/** Throws LabError when the image is in use as often as it may be. */
export function judgeImageCount(
  { id, max_at_once: most }: LimitedImage,
  spans: readonly ImageSpan[],
  booking: Pick<Booking, 'start' | 'end'> & { readonly count?: number },
): void {
  if (most === null) return;
  const beside = spans.filter((span) => span.image_id === id && overlaps(span, booking));
  if (beside.length + (booking.count ?? 1) > most) throw new LabError('reservation.image-limit');
}

export function leastOf(...values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : Math.min(...numbers);
}
