import { nodeFactsRow } from '../../../db/queries/node-detail.ts';
import { otherMachines } from '../../../db/queries/other-machines.ts';
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { gatewaysOfTicket } from '../../../db/repositories/gateways.ts';
import { inTransaction, reading, type Tx } from '../../../db/transaction.ts';
import { mainName } from '../../domain/cluster.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { hour } from '../../domain/time.ts';
import { lived } from '../../lib/clock.ts';
import { randomToken, sha256 } from '../../lib/secrets.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';
import { refuseSimulated } from './change.ts';
import { mine } from './read.ts';

const lifetime = 30_000;

/**
 * A single-use ticket for the gateway's door: its hash is kept, it is told once. `from` is the address that asks, `machine` which of
 * several that are had together.
 */
export async function ticket(
  deps: ServiceDeps,
  me: SignedIn,
  reservationId: number,
  purpose: 'terminal' | 'console' | 'files',
  from: string,
  machine: string | null = null,
): Promise<string> {
  return inTransaction(deps.db, async (tx) => {
    const row = await mine(
      tx,
      me,
      reservationId,
      purpose === 'console' ? 'reservation.read' : 'reservation.connect',
    );
    refuseSimulated(deps, row);
    if (purpose !== 'console' && row.access_opened_at === null)
      throw new LabError('reservation.not-connected');
    const args = { from, ...(await memberNamed(tx, row, machine)) };
    return issue(tx, { user_id: me.id, reservation_id: reservationId, purpose }, args);
  });
}

/** Which of several machines; nothing: the reservation's own. Throws `not-found`. */
async function memberNamed(tx: Tx, { id, others }: ReservationListRow, name: string | null) {
  if (name === null || name === mainName) return {};
  const found = others > 0 ? await otherMachines(tx, [id]) : [];
  const machine = found.find(({ member_name }) => member_name === name);
  if (!machine) throw new LabError('not-found');
  return { member: machine.member };
}

/** To look at the console of a node, whoever has it, read only; that somebody looked is kept. */
export async function consoleTicket(
  deps: ServiceDeps,
  me: SignedIn,
  nodeId: number,
  from: string,
): Promise<string> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return inTransaction(deps.db, async (tx) => {
    const node = await nodeFactsRow(tx, nodeId);
    if (!node) throw new LabError('not-found');
    if (deps.descriptors[node.pool_module]?.simulated) throw new LabError('reservation.no-console');
    await noteLook(tx, me.id, nodeId, from);
    return issue(tx, { user_id: me.id, reservation_id: 0, purpose: 'console' }, { from, nodeId });
  });
}

/** Once an hour for each who looks: a window that connects again is no other look. */
async function noteLook(tx: Tx, actorId: number, nodeId: number, from: string): Promise<void> {
  const [before] = await tx.rows(
    "SELECT id FROM events WHERE node_id = ? AND kind = 'console-opened' AND actor_id = ? AND at > ? LIMIT 1",
    [nodeId, actorId, tx.now - hour],
  );
  if (!before) await addEvent(tx, { kind: 'console-opened', actorId, nodeId, data: { from } });
}

type Holder = Readonly<Record<'user_id' | 'reservation_id', number>> & { readonly purpose: string };

async function issue(tx: Tx, holder: Holder, args: object): Promise<string> {
  const secret = randomToken();
  await tx.table('tickets').where('expires_at', '<', tx.now).delete();
  await tx.table('tickets').insert({
    ...holder,
    ...{ hash: sha256(secret), args: JSON.stringify(args), expires_at: tx.now + lived(lifetime) },
  });
  return secret;
}

/** Where a ticket leads, without using it up; null when it is none. */
export function gatewaysFor(deps: ServiceDeps, secret: string): Promise<readonly string[] | null> {
  return reading(deps.db, (reader) => gatewaysOfTicket(reader, sha256(secret)));
}
