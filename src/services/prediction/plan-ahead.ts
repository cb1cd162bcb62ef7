import type { ForeseenRow } from '../../../db/queries/foresight.ts';
import { hoursToCount } from '../../../db/repositories/prediction.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { PreloadsDue } from '../../domain/contracts/prediction.ts';
import type { Aim, AimReason, ForeseenNode, PredictiveModule } from '../../domain/contracts/predictive.ts';
import type { ServiceDeps } from '../deps.ts';
import { type Foreseen, foresee } from './foresee.ts';

type Deps = Pick<ServiceDeps, 'db' | 'descriptors'> & {
  readonly predictive: Readonly<Record<string, PredictiveModule>>;
};

/** At most this part of the idle machines is loaded ahead at the same time: the others can be had meanwhile. */
const together = 4;

/** What is to be changed of what a place’s machines are to hold, and which of them are to be loaded now. */
export async function planAhead(reader: Reader, deps: Deps, placeId: number): Promise<PreloadsDue> {
  const seen = await foresee(reader, deps, placeId);
  const { state, rows } = seen;
  const counts = hoursToCount(reader.now, state) !== null;
  if (state.pausedAt !== null) {
    // one that is empty stays so, too
    const aimed = rows.filter(({ aim_image_id: imageId }) => imageId !== null);
    return { now: reader.now, counts, aims: [], forget: aimed.map(({ id }) => id), loads: [] };
  }
  const asked = new Set(rows.map(({ predictive }) => predictive));
  const planned = [...asked].map((id) => planOf(deps, seen, id));
  return { now: reader.now, counts, ...changes(rows, planned) };
}

interface Planned {
  readonly nodes: readonly ForeseenNode[];
  readonly aims: readonly Aim[];
}

function planOf(deps: Deps, seen: Foreseen, id: string): Planned {
  const foresight = seen.seenBy(id);
  const nodes = foresight.nodes.filter(({ loading }) => !loading);
  const mine = new Set(nodes.map((node) => node.id));
  const aims = deps.predictive[id]?.predict(foresight) ?? [];
  return { nodes: foresight.nodes, aims: aims.filter(({ nodeId }) => mine.has(nodeId)) };
}

function changes(rows: readonly ForeseenRow[], planned: readonly Planned[]) {
  const before = new Map(rows.map((row) => [row.id, row]));
  const aims = planned.flatMap((each) => each.aims);
  const named = new Set(aims.map(({ nodeId }) => nodeId));
  const nodes = new Map(planned.flatMap((each) => each.nodes).map((node) => [node.id, node]));
  const idle = [...nodes.values()].filter(({ busyUntil }) => busyUntil === null);
  const loading = idle.filter((node) => node.loading).length;
  const loads = aims.filter(({ nodeId, imageId }) => {
    const [row, node] = [before.get(nodeId), nodes.get(nodeId)];
    return (
      row?.next_image_id === null && node?.busyUntil === null && imageId !== null && imageId !== node.holds
    );
  });
  return {
    aims: aims.filter((aim) => isNews(before.get(aim.nodeId), aim)),
    forget: rows
      .filter(({ id, aim_because: because }) => because !== null && !named.has(id) && !nodes.get(id)?.loading)
      .map(({ id }) => id),
    loads: loads
      .slice(0, Math.max(0, Math.max(1, Math.floor(idle.length / together)) - loading))
      .map(({ nodeId }) => nodeId),
  };
}

/** What is expected changes all the time: it is said anew when it has become another by a quarter. */
function isNews(row: ForeseenRow | undefined, { imageId, because }: Aim): boolean {
  if (row?.aim_because == null || row.aim_image_id !== imageId) return true;
  const before = JSON.parse(row.aim_because) as AimReason;
  if (before.why !== because.why) return true;
  if (before.why === 'demand' && because.why === 'demand')
    return Math.abs(before.expected - because.expected) > before.expected / 4;
  return before.why !== 'popular' && JSON.stringify(before) !== JSON.stringify(because);
}
