import { closedBookingsOf, isInTheWay } from '../../db/queries/closed-bookings.ts';
import { reservationRow } from '../../db/queries/reservations.ts';
import { closeGaps, openGaps, releasePast } from '../../db/repositories/closings.ts';
import {
  keepMaintenance,
  keepWindows,
  type MaintenanceRow,
  maintenanceDue,
  nextOfWindows,
} from '../../db/repositories/maintenance.ts';
import { patchReservation } from '../../db/repositories/reservations.ts';
import { keepSchedule, unscheduledNodes } from '../../db/repositories/schedules.ts';
import { reading, type Tx } from '../../db/transaction.ts';
import {
  type ClosingsDue,
  type ClosingWriter,
  type MaintenanceFacts,
  maintenanceWarning,
  type TakenBooking,
} from '../domain/contracts/closings.ts';
import { minute } from '../domain/time.ts';
import { tellOfClosedSeats } from '../services/blocks/tell-teachers.ts';
import { guardBooking } from '../services/booking/move.ts';
import { endIn, wakeWatch } from '../services/reservations/change.ts';
import type { DaemonDeps } from './deps.ts';
import { endBy } from './end-by.ts';
import { notify } from './notify.ts';

/** So many nodes at once, so that other work comes in between. */
const most = 200;
/** What is over is given back by then; what could not be moved is tried again where maintenance waits for it. */
const seldom = 10 * minute;
const often = minute;

export function closingsDue(deps: DaemonDeps, placeId: number): Promise<ClosingsDue> {
  return reading(deps.db, async (reader) => {
    const schedules = await unscheduledNodes(reader, placeId, most);
    const due = await maintenanceDue(reader, placeId, most);
    const bookings = await closedBookingsOf(reader, placeId);
    const moment = (await nextOfWindows(reader, maintenanceWarning)) ?? Number.POSITIVE_INFINITY;
    const waits = bookings.some(({ window }) => window !== null);
    return {
      now: reader.now,
      schedules,
      maintenance: due.map((row) => ({ windowId: row.window_id, nodeId: row.node_id })),
      gaps: await openGaps(reader, placeId),
      bookings: bookings.map((row) => ({
        allocationId: row.allocation_id,
        reservationId: row.reservation_id,
        blockDateId: row.block_date_id,
        purpose: row.purpose,
        movable: row.allocation_state === 'held' && row.hold_from > reader.now,
        start: row.start_at,
        end: row.end_at,
        maintenance: row.window && maintenanceFacts(row.window),
      })),
      next: Math.min(moment, reader.now + (waits ? often : seldom)),
    };
  });
}

function maintenanceFacts(row: MaintenanceRow): MaintenanceFacts {
  return {
    ...{ id: row.id, version: row.version, reason: row.reason, timeZone: row.time_zone },
    ...{ from: Number(row.from_at), until: Number(row.until_at) },
    ...{ bookings: row.bookings, createdBy: row.created_by },
  };
}

/** What a state module may change of closings, bound to one transaction. */
export function closingWriter(tx: Tx, deps: DaemonDeps): ClosingWriter {
  return {
    keepSchedule: async (nodeId) => {
      await keepSchedule(tx, nodeId);
    },
    keepWindows: () => keepWindows(tx, deps.placeId),
    keepMaintenance: (windowId, nodeId) => keepMaintenance(tx, windowId, nodeId),
    closeGaps: (nodeId, window) => closeGaps(tx, nodeId, window),
    releasePast: async () => (await releasePast(tx, deps.placeId, most)) === most,
    isInTheWay: async (id, windowId) => {
      await guardBooking(tx, id);
      return isInTheWay(tx, id, windowId);
    },
    cutReservation: (booking, at) => cut(tx, deps, booking, at),
    tellOfClosedSeats: (dateId, maintenance) => tellOfClosedSeats(tx, dateId, maintenance),
    endReservation: (id, by, reason) => end(tx, deps, id, by, reason),
  };
}

async function cut(tx: Tx, deps: DaemonDeps, booking: TakenBooking, at: number): Promise<void> {
  const { allocationId, reservationId: id } = booking;
  await patchReservation(tx, id, { end: at });
  await endBy(tx, deps, allocationId, at);
  await wakeWatch(tx, id);
}

async function end(tx: Tx, deps: DaemonDeps, id: number, by: number, reason: string): Promise<void> {
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
  const row = await reservationRow(tx, id);
  if (!row) return;
  await endIn(tx, { id: by }, row, reason);
  await notify(tx, deps, { reservationId: id, key: 'ended', facts: { reason } });
}
