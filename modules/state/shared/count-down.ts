import { endsIn } from '../../../src/domain/blocks.ts';
import type { ReservationFacts, Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { inWords, minute } from '../../../src/domain/time.ts';
import { say } from './notices.ts';

/**
 * The last minutes of a class that was ended early, said in every terminal of the reservation one after the other; the page counts by
 * itself. Answers with when the next is.
 */
export async function countDown(
  context: StateContext,
  situation: Situation,
  { id, end }: ReservationFacts,
): Promise<number> {
  const minutes = Math.ceil((end - situation.now) / minute);
  if (minutes * minute < endsIn) {
    const isNews = await context.write(`says ${minutes} minutes`, (writer) =>
      writer.noteSaid(id, `last-${minutes}-${end}`),
    );
    if (isNews)
      await say(context, situation, `Your class is over: this machine ends in ${inWords(minutes * minute)}.`);
  }
  return end - Math.min(minutes - 1, endsIn / minute - 1) * minute;
}
