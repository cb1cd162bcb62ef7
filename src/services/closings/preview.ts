import { reservationRow } from '../../../db/queries/reservations.ts';
import type { AllocationRow } from '../../../db/rows.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { Window } from '../../domain/time.ts';
import { isMovable } from '../booking/move.ts';
import type { MaintenanceWish } from '../closing-services.ts';
import type { ServiceDeps } from '../deps.ts';
import type { BookingFate, MaintenancePreview } from '../views.ts';

const mostShown = 200;

/** With what it is a seat of, where nobody has it. */
type Touched = AllocationRow & { readonly course: string | null; readonly seat_title: string | null };

/** What a window would do to each booking on these nodes, as things stand: nothing moves to a node that is closed with it. */
export async function preview(
  reader: Reader,
  deps: ServiceDeps,
  nodes: readonly { readonly id: number; readonly name: string }[],
  window: Window,
  bookings: MaintenanceWish['bookings'],
): Promise<MaintenancePreview> {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const live = await reader.rows<Touched>(
    `SELECT a.*, c.name AS course, i.title AS seat_title FROM allocations a LEFT JOIN reservations r ON r.id = a.reservation_id
         LEFT JOIN block_dates d ON d.id = a.block_date_id AND a.reservation_id IS NULL LEFT JOIN blocks b ON b.id = d.block_id
         LEFT JOIN user_groups c ON c.id = b.group_id LEFT JOIN images i ON i.id = d.image_id
       WHERE (r.live = 1 OR d.id IS NOT NULL) AND a.released_at IS NULL AND a.hold_from < ? AND a.hold_until > ? ORDER BY a.hold_from`,
    [window.until, window.from],
  );
  const touched = live.filter((row) => names.has(row.node_id));
  const shown = touched.slice(0, mostShown);
  const found = await Promise.all(
    shown.map((row) => bookingOf(reader, deps, row, [...names.keys()], window, bookings)),
  );
  const count = (fate: BookingFate) => found.filter((one) => one.fate === fate).length;
  const on = new Set(found.map(({ nodeId }) => nodeId));
  return {
    ...window,
    ...{ count: nodes.length, moved: count('moved'), told: count('told'), ended: count('ended') },
    nodes: [...on].map((id) => ({
      ...{ id, name: names.get(id) ?? '' },
      bookings: found.filter(({ nodeId }) => nodeId === id),
    })),
    more: touched.length > shown.length,
  };
}

async function bookingOf(
  reader: Reader,
  deps: ServiceDeps,
  row: Touched,
  except: readonly number[],
  window: Window,
  bookings: MaintenanceWish['bookings'],
) {
  const reservation = await reservationRow(reader, row.reservation_id ?? 0);
  const title = reservation?.image_title ?? row.seat_title ?? '';
  const user = reservation?.user_name ?? (row.course === null ? '' : `a seat of ${row.course}`);
  const running = row.state !== 'held' || Number(row.hold_from) <= reader.now;
  const moves = !running && (await isMovable(reader, deps, row, except));
  const end = Number(row.end_at);
  const ends = reservation !== null && bookings === 'end' && end > window.from;
  const fate: BookingFate = moves ? 'moved' : ends ? 'ended' : 'told';
  return {
    ...{ nodeId: row.node_id, title, user },
    ...{ start: Number(row.start_at), end, running, fate },
  };
}
