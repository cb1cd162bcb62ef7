import { wallRows } from '../../../../db/queries/class-day.ts';
import { addEvent } from '../../../../db/repositories/events.ts';
import { addSpoken } from '../../../../db/repositories/notices.ts';
import { inTransaction } from '../../../../db/transaction.ts';
import { mostToSay } from '../../../domain/blocks.ts';
import { invalid, LabError } from '../../../domain/errors.ts';
import type { ServiceDeps } from '../../deps.ts';
import { doOnce } from '../../once.ts';
import type { Once } from '../../requests.ts';
import { wakeWatch } from '../../reservations/change.ts';
import type { SignedIn } from '../../views.ts';
import { dateOf } from './in-hand.ts';

/**
 * Tells all who sit in a class something, on their pages and in every terminal of theirs; those too who are in it with a machine of
 * their own. `block.state` where nobody is there.
 */
export async function sayToClass(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  said: string,
  once: Once = {},
): Promise<void> {
  const text = said.trim().replace(/\s+/g, ' ');
  if (text === '') throw invalid('text', 'Say something.');
  if (text.length > mostToSay) throw invalid('text', `At most ${mostToSay} characters.`);
  await inTransaction(deps.db, async (tx) => {
    const { block } = await dateOf(tx, me, id, dateId);
    const there = (await wallRows(tx, dateId)).flatMap((row) =>
      row.live === 1 && row.reservation_id !== null ? [row.reservation_id] : [],
    );
    if (there.length === 0) throw new LabError('block.state', { detail: 'Nobody is there to read it.' });
    await doOnce(tx, me, once, ['say-to-class', dateId, text], async () => {
      const data = { blockDateId: dateId, course: block.course, text, people: there.length };
      const event = await addEvent(tx, { kind: 'class-told', actorId: me.id, data });
      const facts = { who: me.displayName, course: block.course, text };
      for (const reservationId of there) {
        await addSpoken(tx, reservationId, `class-${event}`, facts);
        await wakeWatch(tx, reservationId);
      }
      return null;
    });
  });
}
