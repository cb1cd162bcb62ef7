import { nodeFactsRow } from '../../../db/queries/node-detail.ts';
import { bmcsInUse, hardwareRow } from '../../../db/queries/node-hardware.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { changeHardware } from '../../../db/repositories/node-hardware.ts';
import { guardNode } from '../../../db/repositories/node-orders.ts';
import { queueTask, wakeTask } from '../../../db/repositories/tasks.ts';
import type { HardwareRow } from '../../../db/rows.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import type { HardwareText } from '../services.ts';
import type { SignedIn } from '../views.ts';
import { bmcKey, readHardware } from './plan-hardware.ts';

/** Changes how a bare-metal node is switched and reached, and lets its BMC be asked who it is. */
export async function setHardware(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  typed: HardwareText,
  version?: number,
): Promise<void> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  await inTransaction(deps.db, async (tx) => {
    const same = await guardNode(tx, id, version);
    const [node, before] = [await nodeFactsRow(tx, id), await hardwareRow(tx, id)];
    if (!node || !before) throw new LabError('not-found');
    if (!same) throw new LabError('changed-meanwhile');
    const said = Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== undefined));
    const hardware = readHardware({ ...textOf(before), ...said }, (field, sentence) => {
      throw invalid(field, sentence);
    });
    await refuseShared(tx, id, hardware);
    const bmcPassword = typed.bmcPassword ? deps.cipher.seal(typed.bmcPassword) : before.bmc_password;
    await changeHardware(tx, id, { ...hardware, bmcPassword });
    await addEvent(tx, { kind: 'hardware-changed', actorId: me.id, nodeId: id, data: changed(typed) });
    const task = { action: 'commission', targetType: 'node', targetId: id } as const;
    await queueTask(tx, task, { placeId: node.place_id, nodeId: id });
    await wakeTask(tx, 'commission', 'node', id);
  });
}

/** What was said, without the secret. */
function changed(typed: HardwareText): Record<string, unknown> {
  return { fields: Object.keys(typed).filter((field) => typed[field as keyof HardwareText] !== undefined) };
}

function textOf(row: HardwareRow): HardwareText {
  return {
    bmcHost: row.bmc_host,
    bmcPort: row.bmc_port === null ? '' : String(row.bmc_port),
    bmcUsername: row.bmc_username,
    firmware: row.firmware,
    address: row.address ?? '',
    sshPort: String(row.ssh_port),
  };
}

async function refuseShared(tx: Tx, id: number, hardware: Parameters<typeof bmcKey>[0]): Promise<void> {
  const bmcs = await bmcsInUse(tx);
  const other = bmcs.find(({ nodeId, ...bmc }) => nodeId !== id && bmcKey(bmc) === bmcKey(hardware));
  if (other) throw invalid('bmcHost', `The BMC is that of ${other.name}.`);
}
