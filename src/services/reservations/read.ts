import { type NoticeRow, noticeRows } from '../../../db/queries/notices.ts';
import { type OtherMachineRow, otherMachines } from '../../../db/queries/other-machines.ts';
import {
  type EventRow,
  eventRows,
  type ReservationListRow,
  reservationRow,
} from '../../../db/queries/reservations.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { modelOf } from '../../domain/machine-model.ts';
import { type Action, may, type Resource } from '../../domain/may.ts';
import { type Estimated, estimates } from '../booking/estimates.ts';
import type { ServiceDeps } from '../deps.ts';
import type { HistoryLine, ReservationView, SignedIn } from '../views.ts';
import { eventText, whoDid } from './sentences.ts';
import { reservationView } from './view.ts';

/** The reservation's rows, if this person may do that to it; otherwise the same answer as for one that does not exist. */
export async function mine(
  reader: Reader,
  me: SignedIn,
  id: number,
  action: Action,
): Promise<ReservationListRow> {
  const row = await reservationRow(reader, id);
  if (!row || !may(me, 'reservation.read', resourceOf(row))) throw new LabError('not-found');
  if (!may(me, action, resourceOf(row))) throw new LabError('not-allowed');
  return row;
}

/** What `may` asks about it. */
export function resourceOf(
  row: Pick<ReservationListRow, 'user_id' | 'login_group_id' | 'admin_group_id'>,
): Resource {
  const { user_id: ownerId, login_group_id: login, admin_group_id: admin } = row;
  return { ownerId, loginGroupId: login ?? undefined, adminGroupId: admin ?? undefined };
}

export async function getReservation(deps: ServiceDeps, me: SignedIn, id: number): Promise<ReservationView> {
  return reading(deps.db, async (reader) => {
    const row = await mine(reader, me, id, 'reservation.read');
    return viewOf(reader, deps, me, row, await eventRows(reader, [id]), await noticeRows(reader, [id]));
  });
}

/** A reservation that was just booked: nothing has happened to it yet, so nothing but its row is read. */
export function justBooked(deps: ServiceDeps, me: SignedIn, id: number): Promise<ReservationView> {
  return reading(deps.db, async (reader) => {
    const row = await reservationRow(reader, id);
    if (!row) throw new LabError('not-found');
    return viewOf(reader, deps, me, row, [], []);
  });
}

async function viewOf(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  row: ReservationListRow,
  events: readonly EventRow[],
  notices: readonly NoticeRow[],
  known?: readonly OtherMachineRow[],
): Promise<ReservationView> {
  const { times, descriptors } = deps;
  const wanted = estimatedOf(deps, row);
  const [estimate = null] = wanted ? await estimates(reader, deps.db, [wanted]) : [];
  const others = row.others > 0 ? (known ?? (await otherMachines(reader, [row.id]))) : [];
  const about = resourceOf(row);
  const lets = {
    change: may(me, 'reservation.change', about),
    connect: may(me, 'reservation.connect', about),
  };
  const { now } = reader;
  const source = { row, others, readerId: me.id, lets, events, notices, estimate, now, times, descriptors };
  return reservationView(source);
}

/** Whose time tells how long it will take; null while it has no machine. */
function estimatedOf(deps: ServiceDeps, row: ReservationListRow): Estimated | null {
  const descriptor = row.pool_module === null ? undefined : deps.descriptors[row.pool_module];
  if (!descriptor || row.pool_id === null) return null;
  const step = isLoaded(row) ? 'handover' : 'ready';
  const model = modelOf(row.node_bmc_info);
  return { descriptor, imageId: row.image_id, poolId: row.pool_id, step, model };
}

/** Its machine held the image before it was booked: there is nothing to load. */
function isLoaded(row: ReservationListRow): boolean {
  return (
    row.others === 0 &&
    row.node_revision_id !== null &&
    Number(row.node_load_began_at ?? 0) < Number(row.created_at)
  );
}

/** Rows to views: the events of those that are on their way, the notices and the estimates of all, once however many there are. */
export async function viewsOf(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  rows: readonly ReservationListRow[],
): Promise<ReservationView[]> {
  const loading = rows.filter((row) => row.live === 1).map((row) => row.id);
  const events = await eventRows(reader, loading);
  const notices = await noticeRows(
    reader,
    rows.map((row) => row.id),
  );
  const others = await otherMachines(
    reader,
    rows.filter((row) => row.others > 0).map((row) => row.id),
  );
  // From here on they are known: each view finds its own.
  await estimates(
    reader,
    deps.db,
    rows.map((row) => estimatedOf(deps, row)).filter((wanted) => wanted !== null),
  );
  return Promise.all(
    rows.map((row) =>
      viewOf(
        reader,
        deps,
        me,
        row,
        events.filter((event) => event.reservation_id === row.id),
        notices.filter((notice) => notice.reservation_id === row.id),
        others.filter((other) => other.reservation_id === row.id),
      ),
    ),
  );
}

/** What happened, oldest first. */
export async function history(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  after = 0,
): Promise<HistoryLine[]> {
  return reading(deps.db, async (reader) => {
    const reservation = await mine(reader, me, id, 'reservation.read');
    const lines = (await eventRows(reader, [id], after)).map((row) => {
      const who = whoDid({ id: row.actor_id, name: row.actor_name }, me.id);
      const cancelled = Number(row.at) < Number(reservation.start_at);
      const data = JSON.parse(row.data) as Record<string, unknown>;
      const text = eventText(row.kind, { ...data, who, cancelled });
      return text === null
        ? null
        : { id: row.id, at: Number(row.at), kind: row.kind, text, detail: row.kind === 'progress' };
    });
    return lines.filter((line) => line !== null);
  });
}
