import {
  type ComingRow,
  comingRows,
  demandRows,
  type ForeseenRow,
  foreseenImages,
  foreseenRows,
} from '../../../db/queries/foresight.ts';
import { type PredictionState, predictionState } from '../../../db/repositories/prediction.ts';
import { fitsWant } from '../../../db/repositories/want.ts';
import type { Reader } from '../../../db/transaction.ts';
import {
  type ForeseenImage,
  type ForeseenNode,
  type Foresight,
  type TakenHistory,
  upcoming,
} from '../../domain/contracts/predictive.ts';
import { takenHistory } from '../../domain/taken-history.ts';
import { planSource, plansFor, wantOf } from '../booking/plan.ts';
import type { ServiceDeps } from '../deps.ts';

const siteZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What is known of a place’s machines and of what people take, and of each machine what was decided before. */
export interface Foreseen {
  readonly state: PredictionState;
  readonly rows: readonly ForeseenRow[];
  /** Of each of those. */
  readonly nodes: readonly ForeseenNode[];
  readonly history: Pick<Foresight, 'history' | 'timeZone'>;
  /** For one predictive module: the machines of the pools that it looks after. */
  seenBy(predictive: string): Foresight;
}

type Deps = Pick<ServiceDeps, 'db' | 'descriptors'>;

export async function foresee(reader: Reader, deps: Deps, placeId: number): Promise<Foreseen> {
  const state = await predictionState(reader);
  const rows = await foreseenRows(reader, placeId);
  const coming = byNode(await comingRows(reader, placeId, reader.now + upcoming));
  const nodes = rows.map((row) => ({ row, node: nodeOf(row, coming.get(row.id) ?? [], reader.now) }));
  const { history, imageIds } = await historyOf(reader, deps.db, state);
  const wanted = new Set([...imageIds, ...rows.flatMap(({ preferred_image_id: id }) => id ?? [])]);
  const images = await imagesOf(reader, deps, rows, [...wanted]);
  return {
    ...{ state, rows },
    nodes: nodes.map(({ node }) => node),
    history: { history, timeZone: siteZone },
    seenBy: (predictive) => ({
      ...{ now: reader.now, timeZone: siteZone, history },
      nodes: nodes.filter(({ row }) => row.predictive === predictive).map(({ node }) => node),
      images: images.map((image) => ({
        ...image,
        elsewhere: nodes.filter(({ row, node }) => row.predictive !== predictive && isReady(node, image.id))
          .length,
      })),
    }),
  };
}

function byNode(rows: readonly ComingRow[]): ReadonlyMap<number, ComingRow[]> {
  const nodes = new Map<number, ComingRow[]>();
  for (const row of rows) nodes.set(row.node_id, [...(nodes.get(row.node_id) ?? []), row]);
  return nodes;
}

const isReady = ({ holds, busyUntil, next }: ForeseenNode, imageId: number) =>
  holds === imageId && busyUntil === null && next === null;

/** Machines of one kind can load the same. */
const kindOf = ({ pool_id: pool, cpus, memory_mb: memory, disk_mb: disk, firmware }: ForeseenRow) =>
  [pool, cpus, memory, disk, firmware].join(' ');

function nodeOf(row: ForeseenRow, coming: readonly ComingRow[], now: number): ForeseenNode {
  const had = coming.filter(({ state, hold_from: from }) => state !== 'held' || from <= now);
  const next = coming.find((one) => !had.includes(one) && one.image_id !== null);
  const busy = had.length > 0 || row.tainted === 1 || !['available', 'reloading'].includes(row.state);
  const loading = !busy && row.state === 'reloading';
  const to = row.next_image_id ?? row.aim_image_id ?? row.preferred_image_id;
  return {
    ...{ id: row.id, kind: kindOf(row), loading },
    holds: loading ? to : busy ? row.preferred_image_id : row.held_image_id,
    busyUntil: busy ? Math.max(now, ...had.map(({ hold_until: until }) => until)) : null,
    next: next?.image_id == null ? null : { imageId: next.image_id, at: next.start_at },
  };
}

interface Known {
  readonly key: string;
  readonly history: TakenHistory;
  readonly imageIds: readonly number[];
}

const known = new WeakMap<object, Known>();

/** It grows once an hour. */
async function historyOf(
  reader: Reader,
  owner: object,
  { since, countedUntil }: PredictionState,
): Promise<Known> {
  const key = `${since} ${countedUntil}`;
  const cached = known.get(owner);
  if (cached?.key === key) return cached;
  const rows = await demandRows(reader, since);
  const hours = rows.map(({ image_id: imageId, hour, taken, at_once: atOnce }) => ({
    ...{ imageId, hour, all: taken, atOnce },
  }));
  const fresh = {
    key,
    history: takenHistory(hours, since),
    imageIds: [...new Set(hours.map(({ imageId }) => imageId))],
  };
  known.set(owner, fresh);
  return fresh;
}

async function imagesOf(
  reader: Reader,
  deps: Deps,
  rows: readonly ForeseenRow[],
  ids: readonly number[],
): Promise<Omit<ForeseenImage, 'elsewhere'>[]> {
  const kinds = new Map(rows.map((row) => [kindOf(row), row]));
  const images = await foreseenImages(reader, ids);
  const plans = await plansFor(
    reader,
    planSource(deps, false),
    images.map(({ id }) => id),
  );
  return images.flatMap(({ id, warm_spares: spares }) => {
    const plan = plans.get(id);
    if (!plan?.revision) return [];
    const want = wantOf(plan, true);
    const able = [...kinds].filter(([, row]) => fitsWant(want, row)).map(([kind]) => kind);
    return able.length === 0 ? [] : [{ id, spares, kinds: new Set(able) }];
  });
}
