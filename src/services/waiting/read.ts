/** Who waits, at which place, and for how long at most. */
import { poolNames } from '../../../db/queries/pools.ts';
import { type NamedWaiter, namedWaiters } from '../../../db/queries/waiters.ts';
import { waitersInLine } from '../../../db/repositories/waiters.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { whenAwake } from '../../domain/quiet-hours.ts';
import { planSource } from '../booking/plan.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn, WaitingView } from '../views.ts';
import { type Planned, planLine } from './line.ts';

export async function listWaiting(
  deps: ServiceDeps,
  me: SignedIn,
  { everybody = false }: { everybody?: boolean | undefined } = {},
): Promise<WaitingView[]> {
  if (everybody && !may(me, 'reservation.read')) throw new LabError('not-allowed');
  return reading(deps.db, (reader) => waitingOf(reader, deps, everybody ? {} : { userId: me.id }));
}

export function waitingView(deps: ServiceDeps, id: number): Promise<WaitingView> {
  return reading(deps.db, async (reader) => {
    const [view] = await waitingOf(reader, deps, { id });
    if (!view) throw new LabError('not-found');
    return view;
  });
}

/** The line is planned only where somebody of those who are asked for stands in it. */
export async function waitingOf(
  reader: Reader,
  deps: Pick<ServiceDeps, 'db' | 'descriptors'>,
  filter: { readonly id?: number; readonly userId?: number },
): Promise<WaitingView[]> {
  const rows = await namedWaiters(reader, filter);
  const stands = rows.some((row) => row.live === 1 && row.reservation_id === null);
  const line = stands ? await waitersInLine(reader) : [];
  const planned = await planLine(reader, planSource(deps, false), line);
  const names = stands ? await poolNames(reader) : new Map<number, string>();
  return rows.map((row) => viewOf(row, planned, names));
}

function viewOf(row: NamedWaiter, line: readonly Planned[], names: ReadonlyMap<number, string>): WaitingView {
  const mine = line.find((each) => each.row.id === row.id);
  const start = mine?.place?.start ?? null;
  const asked = start !== null && row.asks_first === 1 ? whenAwake(start, row.time_zone) : start;
  return {
    id: row.id,
    image: { name: row.image_name, title: row.image_title, icon: row.image_icon },
    pools: (mine?.poolIds ?? []).map((id) => names.get(id) ?? '').sort(),
    user: { id: row.user_id, name: row.user_name },
    minutes: row.minutes,
    askFirst: row.asks_first === 1,
    since: Number(row.created_at),
    place: mine ? placeOf(mine, line) : null,
    estimate: asked,
    missed: row.missed,
    offer: row.live === 1 && row.reservation_id !== null ? offerOf(row.reservation_id, row) : null,
  };
}

function offerOf(reservationId: number, { offered_until }: NamedWaiter): WaitingView['offer'] {
  return { reservationId, until: Number(offered_until) };
}

/** Among those whose machines could be theirs. */
function placeOf({ row, poolIds }: Planned, line: readonly Planned[]): number {
  const rivals = line.filter(
    (each) => each.row.id < row.id && each.poolIds.some((id) => poolIds.includes(id)),
  );
  return rivals.length + 1;
}
