import { countNodes, nodeRows } from '../../../db/queries/nodes.ts';
import { heldOn, liveAllocations } from '../../../db/queries/timeline.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { type Action, may } from '../../domain/may.ts';
import { day, type Window } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { nodeView } from '../fleet/machines.ts';
import { cursorAt, placeOfCursor } from '../paging.ts';
import type { TimelineRequest, TimelineServices } from '../timeline-services.ts';
import type { AllocationView, SignedIn, TimelineView } from '../views.ts';
import { allocationView } from './allocation-view.ts';
import { getAllocation, moveAllocation } from './move-allocation.ts';

/** Operators alone: who has what when is nobody else's business. */
export function timelineServices(deps: ServiceDeps): TimelineServices {
  return {
    async timeline(me, request) {
      refuseOthers(me, 'allocations.read');
      return reading(deps.db, (reader) => timeline(deps, reader, request));
    },
    async listAllocations(me, { from, to, limit, cursor, ...filter }) {
      refuseOthers(me, 'allocations.read');
      const [nodeId, heldFrom] = placeOfCursor(cursor);
      const page = { after: { nodeId, from: heldFrom }, limit: limit + 1 };
      const rows = await reading(deps.db, (reader) =>
        liveAllocations(reader, filter, { from, until: to }, page),
      );
      const items = rows.slice(0, limit).map(allocationView);
      const last = items.at(-1);
      return { items, next: last && rows.length > limit ? cursorAt(last.nodeId, last.from) : null };
    },
    async getAllocation(me, id) {
      refuseOthers(me, 'allocations.read');
      return getAllocation(deps, id);
    },
    async moveAllocation(me, id, to, once = {}) {
      refuseOthers(me, 'calendar.manage');
      return moveAllocation(deps, me, id, to, once);
    },
  };
}

function refuseOthers(me: SignedIn, action: Action): void {
  if (!may(me, action)) throw new LabError('not-allowed');
}

/** A month, and the hour that the clocks may give it. */
const mostTime = 32 * day;
/** Nodes whose time is read by one statement. */
const together = 500;

async function timeline(
  deps: ServiceDeps,
  reader: Reader,
  { filter: { person, image, only, ...filter }, window, ...part }: TimelineRequest,
): Promise<TimelineView> {
  if (!(window.until > window.from && window.until - window.from <= mostTime))
    throw new RangeError(`no window of a timeline: [${window.from}, ${window.until})`);
  const during = { window, person, image, only };
  const rows = await nodeRows(reader, { ...filter, during }, part);
  const states = await countNodes(reader, { ...filter, during });
  const pools = await reader.rows<{ name: string }>('SELECT name FROM pools ORDER BY name');
  const ids = rows.map((row) => row.id);
  const held = await heldByNode(reader, ids, window);
  const shown = states.filter(({ state }) => !filter.state || state === filter.state);
  return {
    items: rows.map((row) => ({ node: nodeView(deps, row), held: held.get(row.id) ?? [] })),
    total: shown.reduce((sum, { n }) => sum + n, 0),
    states: states.map(({ state, n }) => ({ state, count: n })),
    pools: pools.map(({ name }) => name),
    now: reader.now,
  };
}

async function heldByNode(
  reader: Reader,
  ids: readonly number[],
  window: Window,
): Promise<Map<number, AllocationView[]>> {
  const held = new Map<number, AllocationView[]>(ids.map((id) => [id, []]));
  for (let first = 0; first < ids.length; first += together)
    for (const row of await heldOn(reader, ids.slice(first, first + together), window))
      held.get(row.node_id)?.push(allocationView(row));
  return held;
}
