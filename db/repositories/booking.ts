import type { Window } from '../../src/domain/time.ts';
import type { AllocationRow } from '../rows.ts';
import type { Tx } from '../transaction.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import { tryBits } from './occupancy.ts';
import type { Want } from './want.ts';

const mostSearches = 4;

/**
 * The best that can be taken; when every candidate was lost to others meanwhile, it searches again (design, section 5). `known`
 * are candidates that were found in this transaction already.
 */
export async function bindBest(
  tx: Tx,
  want: Want,
  hold: (loaded: boolean) => Window,
  allocation: NewAllocation,
  known: readonly Candidate[] = [],
): Promise<Bound | null> {
  for (let search = 0; search < mostSearches; search++) {
    const candidates = search === 0 && known.length > 0 ? known : await findCandidates(tx, want, hold);
    if (candidates.length === 0) return null;
    const bound = await bindFirst(tx, candidates, hold, allocation);
    if (bound) return bound;
  }
  return null;
}

/**
 * So many at once, all or none: in the order of their ids, so that no two of these deadlock; what was lost to others is made up for
 * by the next best. Null when there are not enough: nothing was taken then.
 */
export async function bindTogether(
  tx: Tx,
  hold: (loaded: boolean) => Window,
  allocation: NewAllocation,
  candidates: readonly Candidate[],
  count: number,
): Promise<Bound[] | null> {
  const bound: Bound[] = [];
  const all = await tx.savepoint(async () => {
    for (let next = 0; bound.length < count && next < candidates.length; ) {
      const some = candidates.slice(next, next + count - bound.length);
      next += some.length;
      for (const candidate of some.toSorted((a, b) => a.nodeId - b.nodeId)) {
        const seat = allocation.blockDateId == null ? null : bound.length + 1;
        const taken = await bindFirst(tx, [candidate], hold, { ...allocation, seat });
        if (taken) bound.push(taken);
      }
    }
    return bound.length === count;
  });
  return all ? bound : null;
}

/** A machine that was chosen for one of several. */
export interface Placed extends MemberOf {
  readonly candidate: Candidate;
}

/** Each of these, all or none, in the order of their ids, so that no two of these deadlock. Null where one was lost to others. */
export async function bindEach(
  tx: Tx,
  hold: (loaded: boolean) => Window,
  allocation: NewAllocation,
  placed: readonly Placed[],
): Promise<Bound[] | null> {
  const bound: Bound[] = [];
  const all = await tx.savepoint(async () => {
    for (const { candidate, ...member } of placed.toSorted(
      (a, b) => a.candidate.nodeId - b.candidate.nodeId,
    )) {
      const taken = await bindFirst(tx, [candidate], hold, { ...allocation, member });
      if (!taken) return false;
      bound.push(taken);
    }
    return true;
  });
  return all ? bound : null;
}

export interface Bound {
  /** The allocation's. */
  readonly id: number;
  readonly candidate: Candidate;
}

export interface NewAllocation {
  readonly reservationId: number | null;
  readonly purpose: AllocationRow['purpose'];
  /** Of a seat: the date of the class that it is for. */
  readonly blockDateId?: number | null;
  /** Its number within the date. */
  readonly seat?: number | null;
  /** One of several machines that are had together. */
  readonly member?: MemberOf;
  readonly start: number;
  readonly end: number;
}

/** Which of its reservation's machines it is. */
export interface MemberOf {
  /** 0: the one that was asked for. */
  readonly member: number;
  /** What it is called inside, its role, and the image that it is loaded with; null of that one. */
  readonly memberName: string | null;
  readonly memberRole: string | null;
  readonly imageId: number | null;
}

/** Takes the first candidate whose bits are still free and writes its allocation; null when every one was lost. */
async function bindFirst(
  tx: Tx,
  candidates: readonly Candidate[],
  hold: (loaded: boolean) => Window,
  allocation: NewAllocation,
): Promise<Bound | null> {
  for (const candidate of candidates) {
    const window = hold(candidate.loaded);
    if (!(await tryBits(tx, candidate.nodeId, window))) continue;
    const id = await tx.insert('allocations', {
      node_id: candidate.nodeId,
      reservation_id: allocation.reservationId,
      purpose: allocation.purpose,
      block_date_id: allocation.blockDateId ?? null,
      seat: allocation.seat ?? null,
      member: allocation.member?.member ?? 0,
      member_name: allocation.member?.memberName ?? null,
      member_role: allocation.member?.memberRole ?? null,
      image_id: allocation.member?.imageId ?? null,
      state: 'held',
      start_at: allocation.start,
      end_at: allocation.end,
      hold_from: window.from,
      hold_until: window.until,
      created_at: tx.now,
    });
    return { id, candidate };
  }
  return null;
}
