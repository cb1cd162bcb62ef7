import type { NodeStatus } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { askSystem, silent } from '../shared/ask-system.ts';
import { judgeStatus } from '../shared/judge-status.ts';
import { guestFiles } from './guest-files.ts';
import { guestPower } from './guest-power.ts';
import { readRecord } from './guest-record.ts';
import type { QemuSettings } from './settings.ts';

type Context = ProvisioningContext<QemuSettings>;

export async function node_status(context: Context): Promise<NodeStatus> {
  context.signal.throwIfAborted();
  const files = guestFiles(context);
  const record = await readRecord(files);
  const power = await guestPower(files, record, context.signal);
  const current = record?.phase === 'loaded' ? record : null;
  const system = current && power === 'on' ? await askSystem(context, current.management) : silent;
  return judgeStatus({ wanted: context.revision, tainted: context.node.tainted, power, current, ...system });
}

/** `imageName-vN` by our own record: a guest's root must not be able to lie about it. */
export async function get_current_image(context: Context): Promise<string | null> {
  context.signal.throwIfAborted();
  const record = await readRecord(guestFiles(context));
  return record?.phase === 'loaded' ? record.image : null;
}
