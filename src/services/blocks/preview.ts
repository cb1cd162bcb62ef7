import { dateRows, machinesFor } from '../../../db/queries/blocks.ts';
import { imageResource, imageRow, imageRows, type ListedImage } from '../../../db/queries/images.ts';
import { fits } from '../../../db/repositories/want.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { recurrenceText } from '../../domain/recurrence-words.ts';
import type { BlockPreview, NamedImage, PreviewDate } from '../block-views.ts';
import type { BlockWish } from '../blocks.ts';
import { together } from '../booking/cluster.ts';
import { planFor, planSource, wantOf } from '../booking/plan.ts';
import { ownCourse } from '../courses/read.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';
import { ownBlock } from './read.ts';
import { type Aside, findSeats } from './seats.ts';
import { unseen } from './unseen.ts';
import { refuseBeyond, type WishedDate, wishedDates } from './wish.ts';

/** So many other environments are offered for a date, and looked at for dates that do not fit. */
const mostOthers = 3;
const mostLookedAt = 20;

export function previewBlock(
  deps: ServiceDeps,
  me: SignedIn,
  wish: BlockWish,
  id?: number,
): Promise<BlockPreview> {
  return reading(deps.db, async (reader) => {
    const { course, dates, images } = await wished(reader, deps, me, wish, id);
    const own = id === undefined ? [] : await dateRows(reader, id);
    const aside = {
      blockId: id ?? 0,
      dateIds: own.filter(({ start_at }) => start_at > reader.now).map((row) => row.id),
    };
    const found = await judgeDates(reader, deps, me, dates, { aside, images });
    const of = (fit: PreviewDate['fit']) => found.filter((date) => date.fit === fit).length;
    return {
      course: { id: course.group_id, name: course.name, timeZone: course.time_zone },
      image: images.get(wish.image) ?? { name: wish.image, title: wish.image },
      when: recurrenceText(wish.recurrence),
      dates: found,
      fitting: of('fits'),
      short: of('fewer') + of('none'),
      warnings: await unseen(reader, course, [...images.values()]),
    };
  });
}

/** A wish with its dates and the environments that it names, all of which this person may have. */
export async function wished(reader: Reader, deps: ServiceDeps, me: SignedIn, wish: BlockWish, id?: number) {
  if (!may(me, 'block.ask', { courseId: wish.courseId })) throw new LabError('not-found');
  if (id !== undefined && (await ownBlock(reader, me, id)).group_id !== wish.courseId)
    throw new LabError('not-found');
  const course = await ownCourse(reader, me, wish.courseId);
  const dates = wishedDates(course, wish, reader.now, id !== undefined);
  const images = new Map<string, NamedImage & { readonly id: number }>();
  const most = new Map([[wish.image, wish.seats]]);
  for (const { image, seats, skipped } of dates)
    if (!skipped) most.set(image, Math.max(seats, most.get(image) ?? 0));
  for (const [name, seats] of most) images.set(name, await readyImage(reader, deps, me, name, seats));
  return { course, dates, images };
}

/** Throws LabError where there is none of that name, it cannot be loaded, or there are fewer machines for it than seats. */
async function readyImage(reader: Reader, deps: ServiceDeps, me: SignedIn, name: string, seats: number) {
  const row = await imageRow(reader, name);
  if (!row || !may(me, 'image.read', imageResource(row)))
    throw new LabError('image.unknown', {
      fields: { image: `There is no environment "${name.slice(0, 60)}".` },
    });
  const plan = await planFor(reader, planSource(deps, false), row.id);
  if (!plan?.revision) throw new LabError('image.not-ready', plan?.missing ? { detail: plan.missing } : {});
  if (plan.others > 0) throw together('A class has one machine for each seat: this environment has several.');
  const machines = plan.poolIds.length === 0 ? 0 : await machinesFor(reader, fits(wantOf(plan, false)));
  refuseBeyond(seats, machines);
  return { id: row.id, name: row.name, title: row.title };
}

interface Beside {
  readonly aside: Pick<Aside, 'blockId' | 'dateIds'>;
  readonly images: ReadonlyMap<string, NamedImage>;
}

async function judgeDates(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  dates: readonly WishedDate[],
  { aside, images }: Beside,
): Promise<PreviewDate[]> {
  const taken: Aside['taken'][number][] = [];
  const listed = (await imageRows(reader)).filter((image) => may(me, 'image.read', imageResource(image)));
  const judged: PreviewDate[] = [];
  let lookedAt = 0;
  for (const { skipped, image, ...date } of dates) {
    const shown = { ...date, image: images.get(image) ?? { name: image, title: image } };
    if (skipped) {
      judged.push({ ...shown, fit: 'skipped', fitting: 0, says: null, others: [] });
      continue;
    }
    const now = { ...aside, taken };
    const { fitting, says, nodeIds, hold } = await findSeats(reader, deps, me, { ...date, image }, now);
    const isShort = fitting < date.seats;
    if (hold && !isShort) taken.push({ hold, nodeIds });
    const look = isShort && lookedAt++ < mostLookedAt;
    const others = look ? await othersFor(reader, deps, me, { ...date, image }, { aside: now, listed }) : [];
    const fit = isShort ? (fitting === 0 ? 'none' : 'fewer') : 'fits';
    judged.push({ ...shown, fit, fitting, says, others });
  }
  return judged;
}

/** Other environments of which there are as many seats on that date. */
async function othersFor(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  date: Omit<WishedDate, 'skipped'>,
  { aside, listed }: { readonly aside: Aside; readonly listed: readonly ListedImage[] },
): Promise<NamedImage[]> {
  const found: NamedImage[] = [];
  for (const { name, title } of listed.slice(0, 3 * mostOthers)) {
    if (name === date.image || found.length === mostOthers) continue;
    const { fitting } = await findSeats(reader, deps, me, { ...date, image: name }, aside).catch(() => ({
      fitting: 0,
    }));
    if (fitting >= date.seats) found.push({ name, title });
  }
  return found;
}
