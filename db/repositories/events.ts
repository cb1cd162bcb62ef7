import type { Tx } from '../transaction.ts';

/** `progress` is kept 30 days; `audit` and `statistic` stay. */
export type Retention = 'progress' | 'audit' | 'statistic';

export interface NewEvent {
  readonly kind: string;
  readonly actorId?: number | null;
  readonly reservationId?: number | null;
  readonly nodeId?: number | null;
  readonly taskId?: number | null;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly retention?: Retention;
}

/** Appends one thing that happened. Actors are ids, never names; no secrets in `data`. */
export async function addEvent(tx: Tx, event: NewEvent): Promise<number> {
  return tx.insert('events', {
    at: tx.now,
    kind: event.kind,
    actor_id: event.actorId ?? null,
    reservation_id: event.reservationId ?? null,
    node_id: event.nodeId ?? null,
    task_id: event.taskId ?? null,
    data: JSON.stringify(event.data ?? {}),
    retention: event.retention ?? 'audit',
  });
}
