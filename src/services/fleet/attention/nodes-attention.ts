/** Machines that are out of order or stand still, and the bookings on them. */
import {
  type StrandedRow,
  unmovedBindings,
  unmovedBookings as unmovedBookingRows,
  unmovedRows,
} from '../../../../db/queries/stranded.ts';
import { inWords } from '../../../domain/time.ts';
import type { AttentionKind } from './kind.ts';
import { retry } from './retry.ts';

const failedNodeRows = "FROM nodes n WHERE n.state = 'failed'";

export const failedNodes: AttentionKind = {
  rows: failedNodeRows,
  async list(reader) {
    const rows = await reader.rows<{
      id: number;
      name: string;
      failure: string | null;
      failed_at: number;
      bookings: number;
    }>(
      `SELECT n.id, n.name, n.failure, n.failed_at,
          (SELECT COUNT(*) FROM allocations a WHERE a.node_id = n.id AND a.released_at IS NULL AND a.state = 'held' AND a.closing_id IS NULL) AS bookings
         ${failedNodeRows} ORDER BY n.failed_at LIMIT 500`,
    );
    return rows.map((row) => ({
      id: `node-${row.id}`,
      kind: 'node',
      text: `Machine ${row.name} is out of order: ${row.failure ?? 'it could not be cleaned'}`,
      since: Number(row.failed_at),
      hits: Number(row.bookings) > 0 ? bookings(Number(row.bookings)) : null,
      about: `/nodes/${row.id}`,
      action: retry(`node-${row.id}`),
    }));
  },
};

/** Those that are out of order by it are said to be that already. */
const troubledBmcRows = `FROM node_hardware h JOIN nodes n ON n.id = h.node_id
  WHERE n.fault IS NULL AND (h.bmc_silent_since < h.bmc_asked_at OR (h.bmc_silent_since IS NULL AND h.bmc_says <> '[]'))`;

export const troubledBmcs: AttentionKind = {
  rows: troubledBmcRows,
  async list(reader) {
    const rows = await reader.rows<{
      id: number;
      name: string;
      bmc_silent_since: number | null;
      bmc_asked_at: number;
      bmc_says: string;
    }>(
      `SELECT n.id, n.name, h.bmc_silent_since, h.bmc_asked_at, h.bmc_says ${troubledBmcRows} ORDER BY n.name LIMIT 500`,
    );
    return rows.map((row) => ({
      id: `bmc-${row.id}`,
      kind: 'node',
      text: `The BMC of ${row.name} ${row.bmc_silent_since === null ? 'says' : 'does not answer'}: ${(JSON.parse(row.bmc_says) as string[]).join(', ')}`,
      since: Number(row.bmc_silent_since ?? row.bmc_asked_at),
      hits: null,
      about: `/nodes/${row.id}`,
      action: null,
    }));
  },
};

// in this order: fewer are in use than there are, and many more may be booked
const pausedRows = `FROM allocations a CROSS JOIN nodes n ON n.id = a.node_id AND n.power = 'paused'
  WHERE a.released_at IS NULL AND a.hold_from <= ? AND a.state IN ('ready', 'inuse')`;

/** A guest's QEMU stops it when there is no room for what it writes. */
export const pausedNodes: AttentionKind = {
  rows: pausedRows,
  bindings: (now) => [now],
  async list(reader) {
    const rows = await reader.rows<{
      id: number;
      name: string;
      reservation_id: number;
      since: number | null;
    }>(
      `SELECT n.id, n.name, a.reservation_id,
          (SELECT MAX(e.at) FROM events e WHERE e.reservation_id = a.reservation_id AND e.kind = 'paused') AS since
         ${pausedRows} LIMIT 500`,
      [reader.now],
    );
    return rows.map((row) => ({
      id: `paused-${row.id}`,
      kind: 'node',
      text: `Machine ${row.name} stands still: the disk that holds the machines' disks is full. It goes on by itself when there is room.`,
      since: Number(row.since ?? reader.now),
      hits: `reservation ${row.reservation_id}`,
      about: `/nodes/${row.id}`,
      action: null,
    }));
  },
};

/** Bookings that healing could not move off a machine that cannot serve them. */
export const unmovedBookings: AttentionKind = {
  rows: unmovedRows,
  bindings: unmovedBindings,
  async list(reader) {
    return (await unmovedBookingRows(reader)).map((row) => ({
      id: `booking-${row.id}`,
      kind: 'booking',
      text: `Booking ${row.reservation_id} of ${row.image_name} is on ${row.node_name}, which is ${row.node_state === 'failed' ? 'out of order' : 'not in service'}, and no other machine is free for it.`,
      since: row.since,
      hits:
        row.start_at > reader.now ? `${person(row)}, in ${inWords(row.start_at - reader.now)}` : person(row),
      about: `/reservations/${row.reservation_id}`,
      action: retry(`booking-${row.id}`),
    }));
  },
};

/** Whom to tell, and how to reach them. */
function person({ user_display_name: name, user_email: mail }: StrandedRow): string {
  return mail === null ? name : `${name} (${mail})`;
}

function bookings(count: number): string {
  return count === 1 ? 'one coming booking' : `${count} coming bookings`;
}
