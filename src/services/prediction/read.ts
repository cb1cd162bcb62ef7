import { demandOfImages } from '../../../db/queries/foresight.ts';
import { predictionState } from '../../../db/repositories/prediction.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { ForeseenNode } from '../../domain/contracts/predictive.ts';
import { expectedTakes } from '../../domain/taken-history.ts';
import { day } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import type { PredictedImageView, PredictionView } from '../views.ts';
import { type Foreseen, foresee } from './foresee.ts';

/** What is loaded ahead, and how often that was right. */
export async function predictionView(reader: Reader, deps: ServiceDeps): Promise<PredictionView> {
  const { pausedAt, countedUntil } = await predictionState(reader);
  const places = await reader.rows<{ id: number }>('SELECT id FROM places ORDER BY id');
  const seen: Foreseen[] = [];
  for (const { id } of places) seen.push(await foresee(reader, deps, id));
  const images = await imagesOf(reader, seen);
  const sum = (of: 'atOnce' | 'found') => images.reduce((all, image) => all + image[of], 0);
  return {
    ...{ now: reader.now, pausedAt, countedUntil },
    modules: Object.entries(deps.predictive).map(([id, { title, says }]) => ({ id, title, says })),
    pools: await poolsOf(reader),
    images,
    lastWeek: { atOnce: sum('atOnce'), found: sum('found') },
  };
}

async function poolsOf(reader: Reader): Promise<PredictionView['pools']> {
  const rows = await reader.rows<{ id: number; name: string; predictive: string; nodes: number }>(
    'SELECT p.id, p.name, p.predictive, (SELECT COUNT(*) FROM nodes n WHERE n.pool_id = p.id) AS nodes FROM pools p ORDER BY p.name',
  );
  return rows.map(({ id, name, predictive: module, nodes }) => ({ id, name, module, nodes: Number(nodes) }));
}

async function imagesOf(reader: Reader, seen: readonly Foreseen[]): Promise<PredictedImageView[]> {
  const taken = new Map(
    (await demandOfImages(reader, reader.now - 7 * day)).map((each) => [each.imageId, each]),
  );
  const rows = await reader.rows<{ id: number; name: string; title: string; warm_spares: number }>(
    'SELECT id, name, title, warm_spares FROM images WHERE deleted_at IS NULL AND production_revision_id IS NOT NULL ORDER BY title',
  );
  const history = seen[0]?.history;
  const expected = history ? expectedTakes({ ...history, now: reader.now }) : () => 0;
  const counts = countsOf(seen);
  return rows
    .map(({ id, name, title, warm_spares: spares }) => ({
      ...{ name, title, spares, expected: Math.round(expected(id) * 10) / 10 },
      ...(counts.get(id) ?? { ready: 0, loading: 0, next: 0 }),
      ...{ atOnce: taken.get(id)?.atOnce ?? 0, found: taken.get(id)?.found ?? 0 },
    }))
    .toSorted((a, b) => b.expected - a.expected || b.spares - a.spares || b.atOnce - a.atOnce);
}

type Counts = Pick<PredictedImageView, 'ready' | 'loading' | 'next'>;

function countsOf(seen: readonly Foreseen[]): ReadonlyMap<number, Counts> {
  const counts = new Map<number, Counts>();
  const add = (id: number | null, which: keyof Counts) => {
    if (id === null) return;
    const before = counts.get(id) ?? { ready: 0, loading: 0, next: 0 };
    counts.set(id, { ...before, [which]: before[which] + 1 });
  };
  for (const { rows, nodes } of seen)
    for (const [index, row] of rows.entries()) {
      const node = nodes[index];
      if (node) add(node.busyUntil === null ? node.holds : row.aim_image_id, whichOf(node));
    }
  return counts;
}

function whichOf({ busyUntil, loading }: ForeseenNode): keyof Counts {
  if (busyUntil !== null) return 'next';
  return loading ? 'loading' : 'ready';
}
