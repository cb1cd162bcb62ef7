import type { ReservationFacts, Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { warnBefore } from '../../../src/domain/idle-rules.ts';
import { day, inWords, minute } from '../../../src/domain/time.ts';
import { tolerate } from './access.ts';

interface EndNotice {
  readonly key: string;
  readonly before: number;
  /** Only for reservations of a day or longer. */
  readonly long: boolean;
}

/** When the end is announced (issue 3b; vcl.md 8.1 for the long ones). Keys carry the end, so that an extension starts them anew. */
const endNotices: readonly EndNotice[] = [
  { key: 'end-2w', before: 14 * day, long: true },
  { key: 'end-1w', before: 7 * day, long: true },
  { key: 'end-2d', before: 2 * day, long: true },
  { key: 'end-24h', before: day, long: true },
  { key: 'end-15', before: 15 * minute, long: false },
  { key: 'end-5', before: 5 * minute, long: false },
];

/** Announces what is due of the end, and returns when the next is. */
export async function announceEnd(
  context: StateContext,
  situation: Situation,
  reservation: ReservationFacts,
): Promise<number> {
  const { now } = situation;
  const left = reservation.end - now;
  const mine = endNotices.filter(
    (notice) => notice.before < reservation.end - (reservation.readyAt ?? reservation.start),
  );
  const current = mine
    .filter((notice) => isLong(reservation) || !notice.long)
    .findLast((notice) => left <= notice.before);
  if (current)
    await tell(
      context,
      situation,
      `${current.key}-${reservation.end}`,
      `This machine ends in ${inWords(left)}.`,
    );
  const next = mine.find((notice) => notice.before < left && (isLong(reservation) || !notice.long));
  return next ? reservation.end - next.before : reservation.end;
}

function isLong(reservation: ReservationFacts): boolean {
  return reservation.minutes * minute >= day;
}

/**
 * Tells the reservation's person once per key: on the page, by mail and in every terminal, ours or not; with a line of its history where it
 * is an `event`. True when it is news.
 */
export async function tell(
  context: StateContext,
  situation: Situation,
  key: string,
  sentence: string,
  event: string | null = null,
): Promise<boolean> {
  const { reservation } = situation;
  if (!reservation) return false;
  const first = await context.write(`notice ${key}`, async (writer) => {
    const isNews = await writer.notify(reservation.id, key, { sentence });
    if (isNews && event) await writer.event(event, {}, reservation.id);
    return isNews;
  });
  if (first) await say(context, situation, sentence);
  return first;
}

/** What somebody wrote to its person since the last look, in every terminal. */
export async function sayWhatIsUnsaid(context: StateContext, situation: Situation): Promise<void> {
  for (const { noticeId, sentence } of await context.unsaid(situation.reservation?.id ?? 0)) {
    await say(context, situation, sentence);
    await context.write('said', (writer) => writer.said(noticeId));
  }
}

/** In windows of ours and over SSH. */
export async function say(context: StateContext, situation: Situation, sentence: string): Promise<void> {
  const { reservation, account } = situation;
  if (!reservation) return;
  await context.sayInTerminals(reservation.id, sentence);
  if (account && reservation.accessOpenedAt !== null)
    await tolerate(context, () => context.machine(situation).os?.message(account.username, sentence));
}

interface Clock {
  readonly deadline: number;
  /** What is to be done: "Log in". */
  readonly what: string;
}

/** Announces a clock five minutes before it runs out, and returns when to look next. */
export async function warn(
  context: StateContext,
  situation: Situation,
  { deadline, what }: Clock,
): Promise<number> {
  const { now } = situation;
  const warnAt = deadline - warnBefore;
  if (now < warnAt) return warnAt;
  await tell(
    context,
    situation,
    `clock-${deadline}`,
    `${what} within ${inWords(deadline - now)}, or press Keep it.`,
  );
  return deadline;
}
