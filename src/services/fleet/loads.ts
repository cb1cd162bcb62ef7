import { countLoads, earlierLoads, type LoadListRow, loadRows } from '../../../db/queries/loads.ts';
import { consoleOfLoad } from '../../../db/repositories/load-consoles.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import {
  type BegunPhase,
  enoughLoads,
  type LoadOutcome,
  loadOutcomes,
  type PhaseTime,
  phaseTimes,
  type SlowerPhase,
  usualPhases,
} from '../../domain/load-phases.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import type { LoadsRequest } from '../node-services.ts';
import { cursorOf, idOfCursor } from '../paging.ts';
import type { PageRequest } from '../requests.ts';
import { mine } from '../reservations/read.ts';
import type { LoadsView, LoadView, Page, SignedIn } from '../views.ts';
import { loadWhy } from './node-sentences.ts';

export async function findLoads(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, limit, offset }: LoadsRequest,
): Promise<LoadsView> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const counts = await countLoads(reader, filter);
    const count = (outcome: LoadOutcome) => counts.find((one) => one.outcome === outcome)?.n ?? 0;
    const shown: readonly LoadOutcome[] = filter.outcome ? [filter.outcome] : loadOutcomes;
    const pools = await reader.rows<{ name: string }>('SELECT name FROM pools ORDER BY name');
    return {
      items: await loadViews(reader, await loadRows(reader, filter, { limit, offset })),
      total: shown.reduce((sum, outcome) => sum + count(outcome), 0),
      states: loadOutcomes.map((outcome) => ({ state: outcome, count: count(outcome) })),
      pools: pools.map(({ name }) => name),
    };
  });
}

export async function listLoads(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, limit, cursor }: PageRequest & { readonly filter: LoadsRequest['filter'] },
): Promise<Page<LoadView>> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await loadRows(reader, { ...filter, before: idOfCursor(cursor) }, { limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const next = rows.length > limit ? cursorOf(shown.at(-1)) : null;
    return { items: await loadViews(reader, shown), next };
  });
}

export async function getLoad(deps: ServiceDeps, me: SignedIn, id: number): Promise<LoadView> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const [load] = await loadViews(reader, await loadRows(reader, { id }, { limit: 1 }));
    if (!load) throw new LabError('not-found');
    return load;
  });
}

export async function loadConsole(deps: ServiceDeps, me: SignedIn, id: number): Promise<Buffer | null> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, (reader) => consoleOfLoad(reader, id));
}

const lastTries = 5;

export async function loadsFor(
  deps: ServiceDeps,
  me: SignedIn,
  reservationId: number,
): Promise<readonly LoadView[]> {
  return reading(deps.db, async (reader) => {
    await mine(reader, me, reservationId, 'reservation.read');
    return loadViews(reader, await loadRows(reader, { reservationId }, { limit: lastTries }));
  });
}

/** Rows in words, each beside what is usual for its like. */
export async function loadViews(reader: Reader, rows: readonly LoadListRow[]): Promise<LoadView[]> {
  const earlier = await earlierLoads(reader, rows);
  return rows.map((row, index) => loadView(row, earlier[index] ?? [], reader.now));
}

function loadView(row: LoadListRow, earlier: readonly (readonly PhaseTime[])[], now: number): LoadView {
  const at = Number(row.began_at);
  const until = row.ended_at === null ? Math.max(now, at) : Number(row.ended_at);
  return {
    id: row.id,
    node: { id: row.node_id, name: row.node_name },
    pool: row.pool_name,
    taskId: row.task_id,
    reservation:
      row.reservation_id === null ? null : { id: row.reservation_id, user: row.user_name ?? 'somebody' },
    why: loadWhy(row.action),
    image: row.image,
    model: row.model,
    outcome: row.outcome,
    ...{ at, milliseconds: until - at },
    phases: phaseTimes(JSON.parse(row.phases) as BegunPhase[], at, until),
    usual: earlier.length < enoughLoads ? [] : usualPhases(earlier),
    slower: row.slower === null ? [] : (JSON.parse(row.slower) as SlowerPhase[]),
    step: row.step,
    fraction: row.fraction,
    failure: row.failure,
  };
}
