import { otherMachines } from '../../../db/queries/other-machines.ts';
import { type ReservationListRow, reservationRow } from '../../../db/queries/reservations.ts';
import { addEvent, noteAccess } from '../../../db/repositories/events.ts';
import { taintNode } from '../../../db/repositories/nodes.ts';
import { drawPort } from '../../../db/repositories/ports.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../services.ts';
import type { SignedIn } from '../views.ts';
import { refuseSimulated, wakeWatch } from './change.ts';
import { mine } from './read.ts';

/**
 * Presses Connect: acknowledges, marks the node as touched before anything is opened, draws the port, and wakes the daemon,
 * which opens the way.
 */
export async function acknowledge(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  from: string,
  once: Once = {},
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
    const row = await mine(tx, me, id, 'reservation.connect');
    await doOnce(tx, me, once, ['connect', id], async () => {
      await openTheWay(tx, deps, me, row, from);
      return id;
    });
  });
}

async function openTheWay(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  row: ReservationListRow,
  from: string,
): Promise<void> {
  const { id } = row;
  refuseSimulated(deps, row);
  if (!['reserved', 'inuse'].includes(row.state)) throw new LabError('reservation.not-ready');
  if (row.acknowledged_at !== null && from !== '')
    await noteAccess(tx, { kind: 'connect-pressed', actorId: me.id, reservationId: id, from });
  if (row.access_opened_at !== null) return;
  await prepareTheWay(tx, deps, row);
  if (row.acknowledged_at === null) {
    await tx.table('reservations').where({ id }).update({ acknowledged_at: tx.now });
    await addEvent(tx, {
      kind: 'acknowledged',
      actorId: me.id,
      reservationId: id,
      nodeId: row.node_id,
      data: { from },
      retention: 'access',
    });
  }
  await wakeWatch(tx, id);
}

/** Its own, and those that are had together with it, which are in the same pool; by node, as everybody changes them. */
async function machinesOf(tx: Tx, { id, others, allocation_id, node_id }: ReservationListRow) {
  const own = { allocation_id: allocation_id ?? 0, node_id: node_id ?? 0 };
  const more = others > 0 ? await otherMachines(tx, [id]) : [];
  return [own, ...more].toSorted((a, b) => a.node_id - b.node_id);
}

/** Draws ports, and marks the machines as touched before anything is opened. */
async function prepareTheWay(
  tx: Tx,
  deps: Pick<ServiceDeps, 'descriptors'>,
  row: ReservationListRow,
): Promise<void> {
  if (!row.node_id || !row.allocation_id || row.place_id === null)
    throw new LabError('reservation.not-ready');
  const { userAddress, portFrom, portTo } = forwardSettings(deps, row);
  for (const { allocation_id: allocationId, node_id: nodeId } of await machinesOf(tx, row)) {
    if (userAddress === 'forwarded') {
      const port = await drawPort(tx, allocationId, row.place_id, portFrom, portTo);
      if (port === null) throw new LabError('busy', { facts: { portFrom, portTo } });
    }
    await taintNode(tx, nodeId);
  }
}

/** A server is open without that anybody presses Connect; false while it cannot be. */
export async function openServer(
  tx: Tx,
  deps: Pick<ServiceDeps, 'descriptors'>,
  id: number,
): Promise<boolean> {
  const row = await reservationRow(tx, id);
  if (!row || !['reserved', 'inuse'].includes(row.state)) return false;
  try {
    await prepareTheWay(tx, deps, row);
  } catch (error) {
    if (error instanceof LabError) return false;
    throw error;
  }
  await tx
    .table('reservations')
    .where({ id })
    .update({ acknowledged_at: row.acknowledged_at ?? tx.now });
  return true;
}

export interface ForwardSettings {
  /** `forwarded`: a port of ours; else an address of the machine's own. */
  readonly userAddress: 'forwarded' | 'dhcp' | 'static';
  readonly bindAddress: string;
  readonly publicAddress: string;
  readonly portFrom: number;
  readonly portTo: number;
}

/** How a pool's people reach its machines: by an address of their own where its module draws no ports. */
export function forwardSettings(
  deps: Pick<ServiceDeps, 'descriptors'>,
  row: Pick<ReservationListRow, 'pool_module' | 'pool_settings'>,
) {
  const schema = deps.descriptors[row.pool_module ?? '']?.settings;
  const settings = schema?.parse(JSON.parse(row.pool_settings ?? '{}')) as ForwardSettings;
  const usual = settings?.portFrom === undefined ? 'static' : 'forwarded';
  return { ...settings, userAddress: settings?.userAddress ?? usual };
}
