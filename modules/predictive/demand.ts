import type {
  Aim,
  AimReason,
  ForeseenImage,
  ForeseenNode,
  Foresight,
  PredictiveModule,
} from '../../src/domain/contracts/predictive.ts';
import { expectedTakes } from '../../src/domain/taken-history.ts';
import { likelihoods } from './shared/likelihoods.ts';
import { spokenFor } from './shared/spoken-for.ts';

/** A load ahead costs time in which nobody has the machine: it must be likelier by so much that somebody wants it then. */
const margin = 0.2;
/** Less likely than that is no reason. */
const unlikely = 0.02;

/**
 * What people took at this hour of this weekday. How many of an image are taken within an hour is taken for a Poisson distribution
 * around what is expected, so that the k-th machine of an image finds its person with the likelihood that k or more are taken: machines
 * are given to images in the order of that, which finds the most people their image loaded. Spares come before it.
 */
export const demand: PredictiveModule = {
  title: 'What people take at this hour',
  says: 'Machines hold what people took at this hour of this weekday, and each image’s spares first.',

  predict(seen) {
    const { aims, others } = spokenFor(seen.nodes);
    const copies = copiesOf(seen, others);
    const idle = others.filter(({ busyUntil, loading }) => busyUntil === null && !loading);
    const freed = others
      .filter(({ busyUntil }) => busyUntil !== null)
      .toSorted((a, b) => (a.busyUntil ?? 0) - (b.busyUntil ?? 0) || a.id - b.id);
    return [...aims, ...rearranged(copies, idle), ...freed.flatMap((node) => next(copies, node))];
  },
};

/** An image, what is expected of it, and how many idle machines hold it so far. */
interface Copied extends ForeseenImage {
  readonly mean: number;
  readonly likely: (k: number) => number;
  count: number;
}

type Copies = ReturnType<typeof copiesOf>;

/** How many idle machines hold each image, and what one more, or the last of them, is worth. */
function copiesOf(seen: Foresight, nodes: readonly ForeseenNode[]) {
  const expected = expectedTakes(seen);
  const images = new Map<number, Copied>();
  for (const image of seen.images) {
    const mean = expected(image.id);
    images.set(image.id, { ...image, mean, likely: likelihoods(mean), count: image.elsewhere });
  }
  for (const { holds, busyUntil } of nodes) {
    const image = busyUntil === null && holds !== null ? images.get(holds) : undefined;
    if (image) image.count++;
  }
  /** Of the k-th machine of an image; 0 of none, and of an image that cannot be loaded any more. */
  const worth = (id: number | null, k: number): number => {
    const image = id === null ? undefined : images.get(id);
    if (!image || k < 1) return 0;
    return k <= image.spares ? 2 - k / (image.spares + 1) : image.likely(k);
  };
  return {
    images,
    last: (id: number | null) => worth(id, images.get(id ?? 0)?.count ?? 0),
    more: (id: number) => worth(id, (images.get(id)?.count ?? 0) + 1),
    move(from: number | null, to: number) {
      const [before, after] = [images.get(from ?? 0), images.get(to)];
      if (before) before.count--;
      if (after) after.count++;
    },
  };
}

/** The image whose next machine is worth most there. */
function best({ images, more }: Copies, kind: string): ForeseenImage | null {
  let found: ForeseenImage | null = null;
  for (const image of images.values())
    if (image.kinds.has(kind) && (found === null || more(image.id) > more(found.id))) found = image;
  return found;
}

/** Why there is a k-th machine of an image; null where there is no reason. */
function reasonOf({ images }: Copies, id: number, k: number): AimReason | null {
  const image = images.get(id);
  if (!image) return null;
  if (k <= image.spares) return { why: 'spare', spares: image.spares };
  const expected = Math.round(image.mean * 10) / 10;
  return image.likely(k) < unlikely ? null : { why: 'demand', expected };
}

/** The last of an image, which a machine was just given to. */
function given(copies: Copies, nodeId: number, imageId: number): Aim[] {
  const because = reasonOf(copies, imageId, copies.images.get(imageId)?.count ?? 0);
  return because === null ? [] : [{ nodeId, imageId, because }];
}

/** Idle machines take another image while that is worth the load; first what is worth most. */
function rearranged(copies: Copies, idle: readonly ForeseenNode[]): Aim[] {
  const groups = grouped(idle);
  const moved: Aim[] = [];
  for (;;) {
    const move = bestMove(copies, groups);
    const node = move?.group.nodes.pop();
    if (!move || !node) break;
    copies.move(node.holds, move.to);
    moved.push(...given(copies, node.id, move.to));
  }
  const stays = groups.flatMap(({ nodes }) => nodes).toSorted((a, b) => a.id - b.id);
  return [...moved, ...staying(copies, stays)];
}

/** The first of an image are its spares. */
function staying(copies: Copies, nodes: readonly ForeseenNode[]): Aim[] {
  const counted = new Map<number, number>();
  return nodes.flatMap(({ id, holds: imageId }) => {
    if (imageId === null) return [];
    const k = (counted.get(imageId) ?? copies.images.get(imageId)?.elsewhere ?? 0) + 1;
    counted.set(imageId, k);
    const because = reasonOf(copies, imageId, k);
    return because === null ? [] : [{ nodeId: id, imageId, because }];
  });
}

/** Machines of one kind that hold the same. */
interface Group {
  readonly kind: string;
  readonly holds: number | null;
  readonly nodes: ForeseenNode[];
}

function grouped(idle: readonly ForeseenNode[]): Group[] {
  const groups = new Map<string, Group>();
  for (const node of idle.toSorted((a, b) => b.id - a.id)) {
    const key = `${node.kind} ${node.holds}`;
    const group = groups.get(key) ?? { kind: node.kind, holds: node.holds, nodes: [] };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function bestMove(copies: Copies, groups: readonly Group[]): { group: Group; to: number } | null {
  const wanted = new Map<string, ForeseenImage | null>();
  let found: { group: Group; to: number; gain: number } | null = null;
  for (const group of groups) {
    if (group.nodes.length === 0) continue;
    const image = wanted.get(group.kind) ?? best(copies, group.kind);
    wanted.set(group.kind, image);
    if (image === null) continue;
    const gain = copies.more(image.id) - copies.last(group.holds);
    const enough = group.holds === null ? gain >= unlikely : gain > margin;
    if (enough && (found === null || gain > found.gain)) found = { group, to: image.id, gain };
  }
  return found;
}

/** Whoever has it leaves it used: it is loaded anew anyhow, with what is worth most then, else with what it had. */
function next(copies: Copies, node: ForeseenNode): Aim[] {
  const image = best(copies, node.kind);
  const kept = node.holds === null ? 0 : copies.more(node.holds);
  const isBetter = image !== null && copies.more(image.id) >= unlikely && copies.more(image.id) > kept;
  const imageId = isBetter ? image.id : node.holds;
  if (imageId === null) return [];
  copies.move(null, imageId);
  return given(copies, node.id, imageId);
}
