import type { Tx } from '../transaction.ts';
import { stopAheadIn } from './prediction.ts';

/** Loads that may run at the same time: of a host, whose machines boot on it, or of a pool's image server. */
export interface LoadSlots {
  readonly of: 'host' | 'pool';
  readonly id: number;
  readonly atOnce: number;
}

export interface Turn {
  /** How many are before it; null: it has its slot. */
  readonly ahead: number | null;
  /** Since it last asked. */
  readonly changed: boolean;
}

const columns = { host: 'run_host_slot', pool: 'run_pool_slot' } as const;

/**
 * A slot for a running task, kept until it ends or is put back; or its turn among those that wait for one: what somebody waits for
 * before what is loaded ahead, seats of classes before the rest of that; then in the order in which they first asked. One that could
 * not take a slot now, since something else has its node, is not waited for. Loads ahead of demand leave their slots to what is waited for.
 */
export async function takeTurn(tx: Tx, id: number, { of, id: whose, atOnce }: LoadSlots): Promise<Turn> {
  const queue = `${of}-${whose}`;
  const names = Array.from({ length: atOnce }, (_, slot) => `${queue}-${slot}`);
  const others = tx.table('tasks').whereIn(columns[of], names).whereNot({ id });
  const taken = await others.pluck<string[]>(columns[of]);
  const free = names.filter((name) => !taken.includes(name));
  const waited = await waitingOf(tx, id, queue);
  const ahead = await aheadOf(tx, id, queue, waited.since);
  const slot = free[ahead];
  const turn = slot === undefined ? ahead - free.length : null;
  const waits =
    turn === null
      ? { [columns[of]]: slot, waits_slot: null, waits_since: null, waits_ahead: null }
      : { waits_slot: queue, waits_since: waited.since, waits_ahead: turn };
  await tx.table('tasks').where({ id }).update(waits);
  if (turn !== null && !waited.isAhead) await stopAheadIn(tx, columns[of], names, turn + 1);
  return { ahead: turn, changed: turn !== waited.ahead };
}

async function waitingOf(tx: Tx, id: number, queue: string) {
  const [row] = await tx.rows<{ action: string; slot: string | null; since: number; ahead: number }>(
    'SELECT action, waits_slot AS slot, waits_since AS since, waits_ahead AS ahead FROM tasks WHERE id = ?',
    [id],
  );
  const isAhead = row?.action === 'reload';
  return row?.slot === queue
    ? { since: Number(row.since), ahead: Number(row.ahead), isAhead }
    : { since: tx.now, ahead: null, isAhead };
}

const rankOf = (task: string) => `CASE ${task}.action WHEN 'seat' THEN 1 WHEN 'reload' THEN 2 ELSE 0 END`;

async function aheadOf(tx: Tx, id: number, queue: string, since: number): Promise<number> {
  const [row] = await tx.rows<{ n: number }>(
    `SELECT COUNT(*) AS n FROM tasks t JOIN tasks me ON me.id = ? WHERE t.waits_slot = ? AND t.id <> me.id
       AND t.status IN ('queued', 'running') AND (${rankOf('t')} < ${rankOf('me')}
         OR (${rankOf('t')} = ${rankOf('me')} AND (t.waits_since < ? OR (t.waits_since = ? AND t.id < me.id))))
       AND NOT EXISTS (SELECT 1 FROM tasks busy WHERE busy.run_node = t.node_id AND busy.id <> t.id)`,
    [id, queue, since, since],
  );
  return Number(row?.n ?? 0);
}
