import { imageResource } from '../../../db/queries/images.ts';
import { findCandidates } from '../../../db/repositories/booking.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError, userMessages } from '../../domain/errors.ts';
import { imagingMinutes, minimumMinutes, minutesWanted, mostMinutes } from '../../domain/limits.ts';
import { may } from '../../domain/may.ts';
import { inWords, minute } from '../../domain/time.ts';
import { findAlternatives } from '../booking/alternatives.ts';
import { checkCounts, checkImageCount, checkLength } from '../booking/limits.ts';
import { whyNotOnOwnDisks } from '../booking/own-disks.ts';
import { type Plan, planFor, planSource, wantOf, windows } from '../booking/plan.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn, Verdict } from '../views.ts';

const no = (text: string, more: Partial<Verdict> = {}): Verdict => ({
  possible: false,
  text,
  readyAt: null,
  end: null,
  alternatives: [],
  fields: {},
  ...more,
});

/** May it be had? Asked while the form is filled: reads only, takes nothing; booking decides again. */
export async function verdict(
  deps: ServiceDeps,
  me: SignedIn,
  request: { image: string; minutes: unknown; start?: unknown; imaging?: boolean },
): Promise<Verdict> {
  const imaging = request.imaging === true && may(me, 'image.create');
  const asked = Number(request.minutes);
  const minutes = imaging ? Math.max(asked, imagingMinutes) : asked;
  if (!Number.isInteger(minutes) || minutes < minimumMinutes || minutes > mostMinutes)
    return no(minutesWanted, { fields: { minutes: minutesWanted } });
  return reading(deps.db, async (reader) => {
    const plan = await planFor(reader, planSource(deps, imaging), request.image);
    if (!plan || !may(me, 'image.read', imageResource(plan.image)))
      return no(userMessages['image.unknown'], { fields: { image: userMessages['image.unknown'] } });
    if (!plan.revision) return no(plan.missing ?? userMessages['image.not-ready']);
    if (imaging && plan.poolIds.length === 0 && plan.ownDisks === null)
      return no(userMessages['reservation.not-captured']);
    const start = request.start === undefined || request.start === null ? null : Number(request.start);
    if (start !== null && (!Number.isFinite(start) || start < reader.now - minute)) {
      return no('The start lies in the past.', { fields: { start: 'The start lies in the past.' } });
    }
    return judge(reader, me, imaging ? unlimited(plan) : plan, minutes, start);
  });
}

/** To make an image of it, one may have it longer than to use it. */
function unlimited(plan: Plan): Plan {
  return { ...plan, image: { ...plan.image, max_minutes: null } };
}

async function judge(
  reader: Reader,
  me: SignedIn,
  plan: Plan,
  minutes: number,
  start: number | null,
): Promise<Verdict> {
  const startsNow = start === null || start <= reader.now + minute;
  const span = windows(plan, startsNow ? reader.now : start, minutes, startsNow);
  const asked = { start: span.start, end: span.end, minutes, startsNow };
  try {
    checkLength(me, asked, plan.image.max_minutes, reader.now);
    await checkCounts(reader, me, asked);
    await checkImageCount(reader, plan.image, asked);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return no(error.message, { alternatives: error.alternatives, fields: error.fields });
  }
  const [best] = await findCandidates(reader, wantOf(plan, startsNow), span.hold);
  if (!best) {
    const { daysAhead } = me.limits;
    const latestStart = daysAhead === null ? null : reader.now + daysAhead * 86_400_000;
    const alternatives = await findAlternatives(reader, plan, { ...asked, latestStart });
    if (alternatives.length > 0) return no(userMessages['reservation.no-machine'], { alternatives });
    const why = await whyNotOnOwnDisks(reader, plan.image.title, plan.ownDisks);
    return no(why ?? userMessages['reservation.no-machine-ever']);
  }
  if (!startsNow)
    return {
      possible: true,
      text: 'Ready at the start.',
      readyAt: span.start,
      end: span.end,
      alternatives: [],
      fields: {},
    };
  const lead = best.loaded ? 1_000 : (plan.leads.get(best.poolId) ?? plan.lead);
  const text = readyWords(plan, best.loaded, lead);
  return {
    possible: true,
    text,
    readyAt: reader.now + lead,
    end: reader.now + lead + minutes * minute,
    alternatives: [],
    fields: {},
  };
}

function readyWords({ disarmed }: Plan, isLoaded: boolean, lead: number): string {
  if (disarmed) return userMessages['place.disarmed'];
  return isLoaded ? 'Ready in a moment.' : `Ready in about ${inWords(lead)}.`;
}
