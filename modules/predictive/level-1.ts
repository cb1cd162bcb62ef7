import type { Aim, Foresight, PredictiveModule } from '../../src/domain/contracts/predictive.ts';
import { day, hour } from '../../src/domain/time.ts';
import { spokenFor } from './shared/spoken-for.ts';

/** The more machines are in use, the shorter the past that counts (vcl.md 8.1). */
const windows = [
  { above: 0.4, days: 1 },
  { above: 0.35, days: 2 },
  { above: 0.3, days: 3 },
  { above: 0.25, days: 4 },
  { above: 0.2, days: 5 },
  { above: 0.15, days: 10 },
  { above: 0.1, days: 20 },
  { above: 0.05, days: 30 },
] as const;
const longest = 60;
/** An image that so many idle machines hold is not looked for. */
const enough = 2;

/** VCL's Level_1, its default (vcl.md 4.4): decided when a machine is taken back; idle ones stay as they are. */
export const level1: PredictiveModule = {
  title: 'What was taken most (VCL level_1)',
  says: 'As level_0, but after its person a machine is loaded with what was taken most lately and fewer than two idle machines hold.',

  predict(seen) {
    const { aims, others } = spokenFor(seen.nodes);
    const idle = others.filter(({ busyUntil }) => busyUntil === null);
    const ready = new Map<number, number>(seen.images.map(({ id, elsewhere }) => [id, elsewhere]));
    for (const { holds } of idle) if (holds !== null) ready.set(holds, (ready.get(holds) ?? 0) + 1);
    const ranked = popular(seen, daysFor(idle.length, seen.nodes.length));
    const freed = others
      .filter(({ busyUntil }) => busyUntil !== null)
      .toSorted((a, b) => (a.busyUntil ?? 0) - (b.busyUntil ?? 0) || a.id - b.id);
    const next = freed.flatMap((node): Aim[] => {
      const found = ranked.find(({ id, kinds }) => kinds.has(node.kind) && (ready.get(id) ?? 0) < enough);
      if (!found) return [];
      ready.set(found.id, (ready.get(found.id) ?? 0) + 1);
      return [{ nodeId: node.id, imageId: found.id, because: found.because }];
    });
    return [...aims, ...next];
  },
};

function daysFor(idle: number, online: number): number {
  const usage = online === 0 ? 0 : (online - idle) / online;
  return windows.find(({ above }) => usage > above)?.days ?? longest;
}

/** Images that somebody took within these days, the most taken first. */
function popular({ images, history, now }: Foresight, days: number) {
  const until = Math.floor(now / hour) * hour;
  const from = Math.max(history.since, until - days * day);
  return images
    .map(({ id, kinds }) => ({ id, kinds, taken: history.taken(id, from, until).all }))
    .filter(({ taken }) => taken > 0)
    .toSorted((a, b) => b.taken - a.taken || a.id - b.id)
    .map(({ id, kinds, taken }) => ({ id, kinds, because: { why: 'popular', taken, days } as const }));
}
