import { refuseClosed } from '../../../db/repositories/accounts.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { noLimits } from '../../domain/limits.ts';
import { minute } from '../../domain/time.ts';
import { type Decision, decide } from '../booking/decide.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../requests.ts';
import { getReservation } from '../reservations/read.ts';
import { bookIn, refuse } from '../reservations/reserve.ts';
import type { ServerRequest } from '../servers.ts';
import type { ReservationView, SignedIn } from '../views.ts';
import { groupNamed, openEnd, refuseMore, serverName } from './rules.ts';

/**
 * Books a server: a reservation like any other, of a name, for so long that personal limits say nothing about it, and as many of
 * them as one's groups allow. Throws LabError as booking does.
 */
export async function takeServer(
  deps: ServiceDeps,
  me: SignedIn,
  request: ServerRequest,
  once: Once = {},
): Promise<ReservationView> {
  const name = serverName(request.name);
  let decided: Decision | null = null;
  try {
    const { id } = await inTransaction(deps.db, async (tx) => {
      await bumpCounter(tx, `user:${me.id}`);
      await refuseClosed(tx, me.id);
      return doOnce(tx, me, once, ['server', JSON.stringify(request)], async () => {
        await refuseMore(tx, me);
        const { image, start, end = null } = request;
        const until = end ?? openEnd(tx.now);
        const wish = { image, minutes: minutesUntil(until, start ?? tx.now), start, isServer: true };
        const loginGroupId = await groupNamed(tx, me, 'loginGroup', request.loginGroup ?? null);
        const adminGroupId = await groupNamed(tx, me, 'adminGroup', request.adminGroup ?? null);
        decided = await decide(tx, deps, { ...me, limits: noLimits }, wish, tx);
        const reservation = await bookIn(tx, deps, me, wish, decided);
        await tx
          .table('reservations')
          .where({ id: reservation })
          .update({
            ...{ server_name: name, end_at: until, open_ended: end === null ? 1 : 0 },
            ...{ login_group_id: loginGroupId, admin_group_id: adminGroupId },
          });
        await tx.table('allocations').where({ reservation_id: reservation }).update({ end_at: until });
        return reservation;
      });
    });
    return await getReservation(deps, me, id);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw await refuse(deps, me, { image: request.image, minutes: 0 }, error, decided);
  }
}

function minutesUntil(end: number, start: number): number {
  if (!Number.isFinite(end) || end <= start) throw invalid('end', 'It must be later than the start.');
  return Math.ceil((end - start) / minute);
}
