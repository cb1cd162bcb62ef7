import { addBlock, addDates, type NewBlockDate } from '../../../db/repositories/blocks.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import type { BlockWish } from '../blocks.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { wished } from './preview.ts';
import type { WishedDate } from './wish.ts';

/** Asks for seats: nothing is held yet. What no machine of ours could serve is refused, what is taken by others is not. */
export async function askBlock(
  deps: ServiceDeps,
  me: SignedIn,
  wish: BlockWish,
  once: Once = {},
): Promise<{ readonly id: number }> {
  await reading(deps.db, (reader) => wished(reader, deps, me, wish));
  return inTransaction(deps.db, async (tx) => {
    // a course that is removed at this moment goes first, or not
    await bumpCounter(tx, `course:${wish.courseId}`);
    const { course, dates, images } = await wished(tx, deps, me, wish);
    const { id } = await doOnce(tx, me, once, ['ask-block', JSON.stringify(wish)], async () => {
      const blockId = await addBlock(tx, {
        ...factsOf(wish, (name) => images.get(name)?.id ?? 0),
        group_id: wish.courseId,
        time_zone: course.time_zone,
        asked_by: me.id,
      });
      await addDates(
        tx,
        blockId,
        rowsOf(dates, (name) => images.get(name)?.id ?? 0),
      );
      const data = { blockId, course: course.name, seats: wish.seats, dates: dates.length };
      await addEvent(tx, { kind: 'block.asked', actorId: me.id, data });
      return blockId;
    });
    return { id };
  });
}

/** What of a wish stands in the block itself. */
export function factsOf(wish: BlockWish, imageId: (name: string) => number) {
  return {
    image_id: imageId(wish.image),
    seats: wish.seats,
    recurrence: JSON.stringify(wish.recurrence),
    comment: wish.comment?.trim() ?? '',
    grace_minutes: wish.graceMinutes ?? null,
  };
}

export function rowsOf(dates: readonly WishedDate[], imageId: (name: string) => number): NewBlockDate[] {
  return dates.map(({ date, start, end, seats, image, skipped }) => ({
    ...{ date, start_at: start, end_at: end, seats, image_id: imageId(image) },
    state: skipped ? 'skipped' : 'asked',
    says: null,
  }));
}
