import { day, floorQuarter, type Window } from '../../src/domain/time.ts';
import { closedWindows, type OpenHours, openWeek } from '../../src/domain/weekly-hours.ts';
import type { Reader, Tx } from '../transaction.ts';
import { holdClosed, releaseClosed } from './closings.ts';

export interface ScheduleRow {
  id: number;
  name: string;
  time_zone: string;
  /** JSON of OpenHours. */
  hours: string;
  version: number;
}

/** Nodes of a place whose bits do not say yet what their schedule is; so many at most. */
export async function unscheduledNodes(reader: Reader, placeId: number, most: number): Promise<number[]> {
  const rows = await reader.rows<{ id: number }>(
    `SELECT n.id FROM nodes n LEFT JOIN schedules s ON s.id = n.schedule_id
       WHERE n.place_id = ? AND (n.schedule_id IS NOT NULL OR n.held_schedule_id IS NOT NULL)
         AND (COALESCE(n.held_schedule_id, 0) <> COALESCE(s.id, 0) OR n.held_schedule_version <> s.version)
       ORDER BY n.id LIMIT ${Math.floor(most)}`,
    [placeId],
  );
  return rows.map(({ id }) => id);
}

interface KeptRow {
  schedule_id: number | null;
  held_schedule_id: number | null;
  held_schedule_version: number | null;
  held_schedule_until: number | null;
}

/**
 * Makes a node's bits say what its schedule is, up to the last day that can be booked: all of it, in this transaction. What somebody
 * has stays theirs. False when there was nothing to do.
 */
export async function keepSchedule(tx: Tx, nodeId: number): Promise<boolean> {
  // guards the node's schedule: of two that keep it the second finds it kept
  await tx.change('UPDATE nodes SET held_schedule_id = held_schedule_id WHERE id = ?', [nodeId]);
  const [node] = await tx.rows<KeptRow>(
    'SELECT schedule_id, held_schedule_id, held_schedule_version, held_schedule_until FROM nodes WHERE id = ?',
    [nodeId],
  );
  if (!node) return false;
  const [schedule] = await tx.rows<ScheduleRow>('SELECT * FROM schedules WHERE id = ?', [
    node.schedule_id ?? 0,
  ]);
  const until = await lastDayEnds(tx, nodeId);
  const held = node.held_schedule_id;
  const same = held === (schedule?.id ?? null) && node.held_schedule_version === (schedule?.version ?? null);
  if (same && (!schedule || Number(node.held_schedule_until) >= until)) return false;
  if (!same && held !== null) await releaseClosed(tx, { nodeId, purpose: 'schedule', closingId: held });
  if (schedule) {
    const from = same ? Number(node.held_schedule_until) : floorQuarter(tx.now);
    const closing = { nodeId, purpose: 'schedule', closingId: schedule.id } as const;
    await holdClosed(tx, closing, closedBy(schedule, { from, until }));
  }
  await tx
    .table('nodes')
    .where({ id: nodeId })
    .update({
      held_schedule_id: schedule?.id ?? null,
      held_schedule_version: schedule?.version ?? null,
      held_schedule_until: schedule ? until : null,
    });
  return true;
}

/** When nodes with this schedule are closed within a window. */
export function closedBy(
  { hours, time_zone: zone }: Pick<ScheduleRow, 'hours' | 'time_zone'>,
  window: Window,
): Window[] {
  return closedWindows(openWeek(JSON.parse(hours) as OpenHours[]), zone, window);
}

async function lastDayEnds(tx: Tx, nodeId: number): Promise<number> {
  const [row] = await tx.rows<{ last: number | null }>(
    'SELECT MAX(day) AS last FROM occupancy WHERE node_id = ?',
    [nodeId],
  );
  return row?.last == null ? floorQuarter(tx.now) : (Number(row.last) + 1) * day;
}
