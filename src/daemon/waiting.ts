import { anybodyWaits, offersDue } from '../../db/repositories/waiters.ts';
import { reading, type Tx } from '../../db/transaction.ts';
import type { WaitingDue, WaitingWriter } from '../domain/contracts/waiting.ts';
import { minute } from '../domain/time.ts';
import { missOffer } from '../services/waiting/offers.ts';
import { serveWaiters } from '../services/waiting/serve.ts';
import type { DaemonDeps } from './deps.ts';

/** While somebody waits, and while nobody does: who joins the line wakes the task. */
const often = 10_000;
const seldom = 10 * minute;

export function waitingDue(deps: DaemonDeps): Promise<WaitingDue> {
  return reading(deps.db, async (reader) => {
    const { due, next } = await offersDue(reader);
    const look = reader.now + ((await anybodyWaits(reader)) || due.length > 0 ? often : seldom);
    return { now: reader.now, missed: due, next: Math.min(look, next ?? look) };
  });
}

/** What a state module may change of the waiting list, bound to one transaction. */
export function waitingWriter(tx: Tx, deps: DaemonDeps): WaitingWriter {
  return {
    missOffer: (id) => missOffer(tx, id),
    serveWaiters: () => serveWaiters(tx, deps),
    offerReady: (id) => offerReady(tx, id),
  };
}

async function offerReady(tx: Tx, id: number): Promise<boolean> {
  const changed = await tx.change(
    "UPDATE reservations SET version = version + 1, ready_at = ? WHERE id = ? AND state = 'offered'",
    [tx.now, id],
  );
  return changed === 1;
}
