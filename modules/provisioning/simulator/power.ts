import type { Loaded } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import type { PowerState } from '../../../src/domain/states.ts';
import { readNode, type SimulatedNode, writeNode } from './node-file.ts';

export async function power_status(context: ProvisioningContext): Promise<PowerState> {
  context.signal.throwIfAborted();
  return (await readNode(context))?.power ?? 'off';
}

export async function power_on(context: ProvisioningContext): Promise<Loaded> {
  return { changed: await setPower(context, await needNode(context), 'on'), management: null };
}

export async function power_off(context: ProvisioningContext): Promise<boolean> {
  context.signal.throwIfAborted();
  const node = await readNode(context);
  return node !== null && (await setPower(context, node, 'off'));
}

export async function power_reset(context: ProvisioningContext): Promise<Loaded> {
  await setPower(context, await needNode(context), 'on');
  return { changed: true, management: null };
}

/** The node's file; `failed` when nothing is loaded. */
export async function needNode(context: ProvisioningContext): Promise<SimulatedNode> {
  context.signal.throwIfAborted();
  const node = await readNode(context);
  if (node) return node;
  throw new ModuleError('failed', `Nothing is loaded on ${context.node.name}: it must be loaded first`);
}

/** True when it changed. */
async function setPower(
  context: ProvisioningContext,
  node: SimulatedNode,
  power: 'on' | 'off',
): Promise<boolean> {
  if (node.power === power) return false;
  await writeNode(context, { ...node, power });
  return true;
}
