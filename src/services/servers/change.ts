import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import type { Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { isCapturing } from '../../domain/states.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Once } from '../requests.ts';
import { changeOnce, wakeWatch } from '../reservations/change.ts';
import { lastUntil } from '../reservations/extend.ts';
import { extendedOf } from '../reservations/extension.ts';
import type { ServerChanges } from '../servers.ts';
import type { ReservationView, SignedIn } from '../views.ts';
import { groupNamed, openEnd, serverName } from './rules.ts';

/**
 * Changes a server while it runs: its name, its end, and who gets in. The accounts on the machine follow by themselves. Throws
 * LabError; then nothing has changed.
 */
export function changeServer(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: ServerChanges,
  once: Once = {},
): Promise<ReservationView> {
  const name = changes.name === undefined ? undefined : serverName(changes.name);
  const asked = { ...once, intention: 'change-server', details: [JSON.stringify(changes)] };
  return changeOnce(deps, me, id, asked, async (tx, row) => {
    if (row.server_name === null) throw new LabError('not-found');
    if (row.live !== 1) throw new LabError('reservation.state-changed');
    const columns = { server_name: name, ...(await groupColumns(tx, me, row, changes)) };
    const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
    if (Object.keys(given).length > 0) await tx.table('reservations').where({ id }).update(given);
    if (changes.end !== undefined) await changeEnd(tx, deps, me, row, changes.end);
    await addEvent(tx, { kind: 'server-changed', actorId: me.id, reservationId: id, data: { ...changes } });
    await wakeWatch(tx, id);
  });
}

async function groupColumns(tx: Tx, me: SignedIn, row: ReservationListRow, changes: ServerChanges) {
  const { loginGroup, adminGroup } = changes;
  const { login_group_id: login, admin_group_id: admin } = row;
  return {
    ...(loginGroup === undefined
      ? {}
      : { login_group_id: await groupNamed(tx, me, 'loginGroup', loginGroup, login) }),
    ...(adminGroup === undefined
      ? {}
      : { admin_group_id: await groupNamed(tx, me, 'adminGroup', adminGroup, admin) }),
  };
}

/** Null: it is carried forward from now on. */
async function changeEnd(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  row: ReservationListRow,
  end: number | null,
): Promise<void> {
  const extended = await extendedOf(tx, deps, row);
  if (!extended || isCapturing(row.state)) throw new LabError('reservation.state-changed');
  const until = end ?? openEnd(tx.now);
  if (!Number.isFinite(until)) throw invalid('end', 'must be a date and a time.');
  for (const { image } of extended.images)
    if (image.max_at_once !== null) await bumpCounter(tx, `image:${image.id}`);
  await lastUntil(tx, deps, me, extended, until);
  await tx
    .table('reservations')
    .where({ id: row.id })
    .update({ open_ended: end === null ? 1 : 0 });
}
