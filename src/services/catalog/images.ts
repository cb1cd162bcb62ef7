import { imageResource, imageRow, imageRows } from '../../../db/queries/images.ts';
import { findCandidates } from '../../../db/repositories/booking.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { minimumMinutes } from '../../domain/limits.ts';
import { may } from '../../domain/may.ts';
import { day } from '../../domain/time.ts';
import { checkCounts, checkImageCount, leastOf } from '../booking/limits.ts';
import { type Plan, planFor, wantOf, windows } from '../booking/plan.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Hindrance, ImageView, SignedIn } from '../views.ts';

const usual = 60;
const longest = (400 * day) / 60_000;

/** Every environment, by title; `search` looks in name, title and description. */
export function listImages(deps: ServiceDeps, me: SignedIn, search = ''): Promise<ImageView[]> {
  return reading(deps.db, async (reader) => {
    const images = await imageRows(reader);
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = images.filter((image) => {
      if (!may(me, 'image.read', imageResource(image))) return false;
      const text = `${image.name} ${image.title} ${image.description}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return Promise.all(found.map((image) => imageView(reader, deps, me, image.id)));
  });
}

export function getImage(deps: ServiceDeps, me: SignedIn, name: string): Promise<ImageView> {
  return reading(deps.db, async (reader) => {
    const image = await imageRow(reader, name);
    if (!image || !may(me, 'image.read', imageResource(image))) throw new LabError('not-found');
    return imageView(reader, deps, me, image.id);
  });
}

/** An environment with how soon this person could have it. */
export async function imageView(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
): Promise<ImageView> {
  const plan = await planFor(reader, { owner: deps.db, descriptors: deps.descriptors }, id);
  if (!plan) throw new LabError('not-found');
  const { image, revision } = plan;
  const mostMinutes = leastOf(me.limits.initialMinutes, image.max_minutes) ?? longest;
  const minutes = Math.max(minimumMinutes, Math.min(mostMinutes, await lastMinutes(reader, me, id)));
  const counts = await countMachines(reader, plan);
  return {
    id: image.id,
    name: image.name,
    title: image.title,
    description: image.description,
    notes: image.notes,
    icon: image.icon,
    simulated: revision?.format === 'simulated',
    revision: revision?.number ?? null,
    cpus: image.cpus,
    memoryMb: image.memory_mb,
    diskMb: image.disk_mb,
    maxMinutes: image.max_minutes,
    readyIn: revision ? await readyIn(reader, plan, minutes) : null,
    freeNow: counts.free,
    machines: counts.all,
    mostMinutes,
    usualMinutes: minutes,
    hindrance: await hindranceOf(reader, me, plan, minutes),
  };
}

/** The counting limits, asked as booking asks them: what they would refuse is not offered. */
async function hindranceOf(
  reader: Reader,
  me: SignedIn,
  plan: Plan,
  minutes: number,
): Promise<Hindrance | null> {
  const booking = { ...windows(plan, reader.now, minutes, true), minutes, startsNow: true };
  try {
    await checkCounts(reader, me, booking);
    await checkImageCount(reader, plan.image, booking);
    return null;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { text: error.message, other: error.alternatives[0] ?? null };
  }
}

/** Milliseconds (P95) until it would be ready if taken now; null when no machine is free for that long. */
async function readyIn(reader: Reader, plan: Plan, minutes: number): Promise<number | null> {
  const { hold } = windows(plan, reader.now, minutes, true);
  const [best] = await findCandidates(reader, wantOf(plan, true), hold);
  if (!best) return null;
  return best.loaded ? 1_000 : plan.lead;
}

async function lastMinutes(reader: Reader, me: SignedIn, imageId: number): Promise<number> {
  const [row] = await reader.rows<{ minutes: number }>(
    'SELECT minutes FROM reservations WHERE user_id = ? AND image_id = ? ORDER BY id DESC LIMIT 1',
    [me.id, imageId],
  );
  return row?.minutes ?? usual;
}

async function countMachines(reader: Reader, plan: Plan): Promise<{ free: number; all: number }> {
  const want = wantOf(plan, true);
  if (want.poolIds.length === 0) return { free: 0, all: 0 };
  const [row] = await reader.rows<{ free: number | null; n: number }>(
    `SELECT COUNT(*) AS n, SUM(CASE WHEN state = 'available' THEN 1 ELSE 0 END) AS free FROM nodes
       WHERE pool_id IN (${want.poolIds.map(() => '?').join(', ')}) AND cpus >= ? AND memory_mb >= ? AND disk_mb >= ?
         AND state NOT IN ('host', 'deprovisioning')`,
    [...want.poolIds, want.cpus, want.memoryMb, want.diskMb],
  );
  return { free: Number(row?.free ?? 0), all: Number(row?.n ?? 0) };
}
