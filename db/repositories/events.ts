import { day } from '../../src/domain/time.ts';
import type { Tx } from '../transaction.ts';
import { insertRows } from './insert-rows.ts';

/** `progress` is kept 30 days, `access` (who had which way in, from where) a year; `audit` and `statistic` stay. */
export type Retention = 'progress' | 'access' | 'audit' | 'statistic';

/** For how long each is kept, in milliseconds; null: it stays. */
export const eventsKept: Readonly<Record<Retention, number | null>> = {
  progress: 30 * day,
  access: 365 * day,
  audit: null,
  statistic: null,
};

export interface NewEvent {
  readonly kind: string;
  readonly actorId?: number | null;
  readonly reservationId?: number | null;
  readonly nodeId?: number | null;
  readonly taskId?: number | null;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly retention?: Retention;
  /** Of the way in that was opened: found by it later. */
  readonly port?: number;
}

/** Appends one thing that happened. Actors are ids, never names; no secrets in `data`. */
export async function addEvent(tx: Tx, event: NewEvent): Promise<number> {
  return tx.insert('events', {
    ...rowOf(tx, event),
    ...(event.port === undefined ? {} : { port: event.port }),
  });
}

/** The same for many at once. */
export async function addEvents(tx: Tx, events: readonly Omit<NewEvent, 'port'>[]): Promise<void> {
  const rows = events.map((event) => rowOf(tx, event));
  await insertRows(tx, 'events', rows);
}

function rowOf(tx: Tx, event: Omit<NewEvent, 'port'>) {
  return {
    at: tx.now,
    kind: event.kind,
    actor_id: event.actorId ?? null,
    reservation_id: event.reservationId ?? null,
    node_id: event.nodeId ?? null,
    task_id: event.taskId ?? null,
    data: JSON.stringify(event.data ?? {}),
    retention: event.retention ?? 'audit',
  };
}

/** Somebody who used a way into a reservation's machine, and the address they came from. */
export interface NewAccess {
  readonly kind: 'connect-pressed' | 'terminal-opened' | 'files-opened' | 'ssh-seen' | 'ssh-told';
  /** Null: one of the people of a server, nobody knows which. */
  readonly actorId: number | null;
  readonly reservationId: number;
  readonly from: string;
}

/** Once for each person, kind and address of a reservation. */
export async function noteAccess(tx: Tx, { from, ...access }: NewAccess): Promise<void> {
  const [before] = await tx.rows(
    'SELECT id FROM events WHERE reservation_id = ? AND kind = ? AND data = ? AND COALESCE(actor_id, 0) = ? LIMIT 1',
    [access.reservationId, access.kind, JSON.stringify({ from }), access.actorId ?? 0],
  );
  if (before) return;
  const [live] = await tx.rows<{ node_id: number }>(
    'SELECT node_id FROM allocations WHERE reservation_id = ? AND released_at IS NULL AND member = 0 ORDER BY id DESC LIMIT 1',
    [access.reservationId],
  );
  await addEvent(tx, { ...access, nodeId: live?.node_id ?? null, data: { from }, retention: 'access' });
}
