import type { NodeStatus } from '../../../../src/domain/contracts/provisioning.ts';
import { askSystem, silent } from '../ask-system.ts';
import { judgeStatus } from '../judge-status.ts';
import { readRecord } from './load-record.ts';
import type { Metal } from './metal.ts';
import { power_status } from './power.ts';
import { ways } from './ways/ways.ts';

/** What is loaded is our own record's word, the power its BMC's; the system is only asked whether it is ready. */
export async function node_status(metal: Metal): Promise<NodeStatus> {
  const { context, hardware } = metal;
  const record = await readRecord(context);
  const power = await power_status(metal);
  const current = record?.phase === 'loaded' ? record : null;
  const answers = current !== null && power === 'on' && (await ways[current.way].isServed(metal));
  const system = answers ? await askSystem(context, hardware.endpoint) : silent;
  return judgeStatus({ wanted: context.revision, tainted: context.node.tainted, power, current, ...system });
}

/** `imageName-vN` by our own record: a machine's root must not be able to lie about it. */
export async function get_current_image({ context }: Metal): Promise<string | null> {
  const record = await readRecord(context);
  return record?.phase === 'loaded' ? record.image : null;
}
