import type { ReservationPatch, ReservationTimes } from '../../src/domain/contracts/state-writer.ts';
import { type AllocationState, canMove, isLive, type ReservationState } from '../../src/domain/states.ts';
import { marks, sets } from '../marks.ts';
import type { Reader, Tx } from '../transaction.ts';

/**
 * Moves a reservation by compare-and-swap; false when it is in another state. The version is the guard row: it changes
 * before anything of its allocations is read (design, section 3).
 */
export async function moveReservation(
  tx: Tx,
  id: number,
  from: readonly ReservationState[],
  to: ReservationState,
  patch: ReservationPatch = {},
  endedBy: number | null = null,
): Promise<boolean> {
  const wrong = from.find((state) => !canMove(state, to));
  if (wrong) throw new Error(`a reservation does not move from ${wrong} to ${to}`);
  const ending = isLive(to) ? {} : { live: null };
  const final = to === 'complete' || to === 'failed' ? { ended_at: tx.now } : {};
  const by = endedBy === null ? {} : { ended_by: endedBy };
  const changes = { state: to, ...columns(patch), ...ending, ...final, ...by };
  const changed = await tx.change(
    `UPDATE reservations SET version = version + 1, ${sets(changes).join(', ')} WHERE id = ? AND state IN (${marks(from)})`,
    [...Object.values(changes), id, ...from],
  );
  return changed === 1;
}

/** A machine is theirs, and is going to be so again where something is done to it; one that is installed anew forgets all. */
const hasMachine = "state IN ('reserved', 'inuse', 'reboot', 'image', 'checkpoint', 'paused')";

/**
 * Has the daemon open every way of a person again, with the keys they have now; it is to be woken. One that is being opened at
 * this moment, too: whoever opens it finds other keys by then. Answers with the reservations. Their guard rows come before the
 * person's own (design, section 3).
 */
export async function openAgain(tx: Tx, userId: number): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(
    `SELECT id FROM reservations WHERE user_id = ? AND ${hasMachine} ORDER BY id`,
    [userId],
  );
  for (const { id } of rows)
    await tx.change(
      `UPDATE reservations SET version = version + 1, access_opened_at = NULL WHERE id = ? AND ${hasMachine}`,
      [id],
    );
  return rows.map(({ id }) => id);
}

/** A person's machines that were open to them and are being opened again: what changed has not reached them yet. */
export function reopening(reader: Reader, userId: number): Promise<{ id: number; title: string }[]> {
  return reader.rows(
    `SELECT r.id, i.title FROM reservations r JOIN images i ON i.id = r.image_id
       WHERE r.user_id = ? AND r.acknowledged_at IS NOT NULL AND r.access_opened_at IS NULL AND r.${hasMachine} ORDER BY r.id`,
    [userId],
  );
}

/** Its guard row first: nobody changes them until this transaction ends. */
export async function timesOf(tx: Tx, id: number): Promise<ReservationTimes> {
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
  const [row] = await tx.rows<{
    start_at: number;
    end_at: number;
    minutes: number;
    acknowledged_at: number | null;
    keep_until_end: number;
  }>('SELECT start_at, end_at, minutes, acknowledged_at, keep_until_end FROM reservations WHERE id = ?', [
    id,
  ]);
  if (!row) throw new Error(`there is no reservation ${id}`);
  return {
    ...{ start: Number(row.start_at), end: Number(row.end_at), minutes: row.minutes },
    ...{ isAcknowledged: row.acknowledged_at !== null, isKept: row.keep_until_end === 1 },
  };
}

export async function patchReservation(tx: Tx, id: number, patch: ReservationPatch): Promise<void> {
  const changes = columns(patch);
  await tx.change(
    `UPDATE reservations SET ${['version = version + 1', ...sets(changes)].join(', ')} WHERE id = ?`,
    [...Object.values(changes), id],
  );
}

function columns(patch: ReservationPatch): Record<string, number | string | null> {
  const all = {
    ready_at: patch.readyAt,
    end_at: patch.end,
    connected_at: patch.connectedAt,
    last_connected_at: patch.lastConnectedAt,
    unconnected_since: patch.unconnectedSince,
    idle_since: patch.idleSince,
    acknowledged_at: patch.acknowledgedAt,
    access_opened_at: patch.accessOpenedAt,
    capture_failure: patch.captureFailure?.slice(0, 500) ?? patch.captureFailure,
    reason: patch.reason?.slice(0, 500),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof columns
  >;
}

/** Moves an allocation by compare-and-swap, its reservation's version first (guard row); false when it is in another state. */
export async function moveAllocation(
  tx: Tx,
  id: number,
  from: readonly AllocationState[],
  to: AllocationState,
): Promise<boolean> {
  await tx.change(
    'UPDATE reservations SET version = version + 1 WHERE id = (SELECT reservation_id FROM allocations WHERE id = ?)',
    [id],
  );
  const changed = await tx.change(
    `UPDATE allocations SET state = ? WHERE id = ? AND released_at IS NULL AND state IN (${marks(from)})`,
    [to, id, ...from],
  );
  return changed === 1;
}

/** Forgets the password of an ended reservation. */
export async function eraseSecrets(tx: Tx, id: number): Promise<void> {
  await tx.table('reservations').where({ id }).update({ password: null });
  await tx.table('server_accounts').where({ reservation_id: id }).update({ password: null, opened_as: null });
}
