/** Whether seats fit is decided where everything is (booking/decide.ts); what personal limits do not apply to is asked with none. */
import { heldByClasses, nodesButForSeats } from '../../../db/queries/blocks.ts';
import { bindTogether } from '../../../db/repositories/booking.ts';
import { findCandidates } from '../../../db/repositories/candidates.ts';
import { fits } from '../../../db/repositories/want.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import { counted } from '../../domain/counted.ts';
import { noLimits } from '../../domain/limits.ts';
import { minute, type Window } from '../../domain/time.ts';
import { type Asked, decide } from '../booking/decide.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';

export type SeatDeps = Pick<ServiceDeps, 'db' | 'descriptors'>;

export interface SeatsWish {
  readonly image: string;
  readonly start: number;
  readonly end: number;
  readonly seats: number;
}

export interface SeatsFound {
  /** At most as many as were asked for. */
  readonly fitting: number;
  /** Why there are no more. */
  readonly says: string | null;
  readonly nodeIds: readonly number[];
  readonly hold: Window | null;
}

/** What is not to count: seats of these dates that would go back, and nodes that other dates of the same wish are going to have. */
export interface Aside {
  readonly blockId: number;
  readonly dateIds: readonly number[];
  readonly taken: readonly { readonly hold: Window; readonly nodeIds: readonly number[] }[];
}

export async function findSeats(
  reader: Reader,
  deps: SeatDeps,
  me: SignedIn,
  wish: SeatsWish,
  aside: Aside,
): Promise<SeatsFound> {
  const decision = await decide(reader, deps, { ...me, limits: noLimits }, asWish(wish));
  const { refusal, asked } = decision.possible ? { refusal: null, asked: decision } : decision;
  if (refusal && (refusal.code !== 'reservation.no-machine' || asked === null)) {
    // no environment, none of that name: that is not the date's fault
    if (asked === null) throw refusal;
    return { fitting: 0, says: refusal.message, nodeIds: [], hold: null };
  }
  return countSeats(reader, asked as Asked, wish.seats, aside);
}

async function countSeats(reader: Reader, asked: Asked, seats: number, aside: Aside): Promise<SeatsFound> {
  const hold = asked.hold(false);
  const taken = aside.taken.filter((other) => other.hold.from < hold.until && other.hold.until > hold.from);
  const except = new Set(taken.flatMap((other) => other.nodeIds));
  const want = { ...asked.want, exceptNodes: [...except] };
  const others = await findCandidates(reader, want, asked.hold, seats);
  const own = await nodesButForSeats(reader, fits(want), aside.dateIds, hold);
  const nodeIds = [...new Set([...own, ...others.map(({ nodeId }) => nodeId)])].slice(0, seats);
  const says =
    nodeIds.length < seats ? await whyShort(reader, asked, nodeIds.length, seats, aside.blockId) : null;
  return { fitting: nodeIds.length, says, nodeIds, hold };
}

async function whyShort(
  reader: Reader,
  { want, hold }: Asked,
  fitting: number,
  seats: number,
  blockId: number,
): Promise<string> {
  const classes = await heldByClasses(reader, want.poolIds, hold(false), blockId);
  const left = fitting === 0 ? 'No machine is free' : `${fitting} of ${seats} machines are free`;
  return classes > 0 ? `${left}: other classes hold ${classes}.` : `${left}.`;
}

function asWish({ image, start, end, seats }: SeatsWish) {
  return { image, start, minutes: Math.round((end - start) / minute), count: seats, ofClass: true };
}

/** Nobody in particular: who asked was allowed to when they did. */
const nobody: SignedIn = {
  ...{ id: 0, name: '', role: 'administrator', displayName: '', email: null, timeZone: null },
  ...{ limits: noLimits, mustChangePassword: false },
};

const mostSearches = 4;

/** Takes all seats of a date, or none; says why where there are not enough. */
export async function takeSeats(
  tx: Tx,
  deps: SeatDeps,
  date: SeatsWish & { readonly id: number; readonly blockId: number },
): Promise<string | null> {
  for (let search = 0; search < mostSearches; search++) {
    const decision = await decide(tx, deps, nobody, asWish(date), tx);
    if (!decision.possible) break;
    const { start, end } = date;
    const seat = { reservationId: null, purpose: 'block', blockDateId: date.id, start, end } as const;
    if (await bindTogether(tx, decision.hold, seat, decision.candidates, date.seats)) return null;
  }
  const found = await findSeats(tx, deps, nobody, date, { blockId: date.blockId, dateIds: [], taken: [] });
  return found.says ?? `${counted(date.seats, 'machine')} went to others meanwhile.`;
}
