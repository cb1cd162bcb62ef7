import type { Situation } from '../../../src/domain/contracts/situation.ts';
import { done, later, type Outcome, type StateContext } from '../../../src/domain/contracts/state.ts';
import { countDown } from './count-down.ts';
import { endOrSave } from './end.ts';
import { announceEnd, sayWhatIsUnsaid } from './notices.ts';

/**
 * One look of a task that watches a reservation in `state`: its planned end and the notices of it first, then `check`, which
 * answers when to look again, or with what has become of it.
 */
export async function watch(
  context: StateContext,
  state: 'reserved' | 'inuse',
  because: string,
  check: (situation: Situation) => Promise<number | Outcome>,
): Promise<Outcome> {
  const situation = await context.look();
  const { reservation, now } = situation;
  if (reservation?.state !== state) return done(`no longer ${because}`);
  if (now >= reservation.end) return endOrSave(context, reservation);
  await sayWhatIsUnsaid(context, situation);
  const announce = reservation.classEnds ? countDown : announceEnd;
  const nextNotice = await announce(context, situation, reservation);
  const next = await check(situation);
  return typeof next === 'number' ? later(Math.min(next, nextNotice, reservation.end), because) : next;
}
