import type { Endpoint } from '../../../../src/domain/contracts/facts.ts';
import type { Loaded } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import type { PowerState } from '../../../../src/domain/states.ts';
import { waitForBanner } from '../../../../src/lib/ssh.ts';
import { forgetShells } from '../../../../src/lib/ssh-shell.ts';
import { BmcError } from '../bmc/bmc-error.ts';
import { startFrom, switchOff, switchOn } from '../bmc/switch-power.ts';
import { readRecord } from './load-record.ts';
import type { Metal } from './metal.ts';
import { within } from './within.ts';

/** The power as its BMC reads it; unknown where that does not say. A machine that shut down by itself is off. */
export async function power_status({ bmc, context }: Metal): Promise<PowerState> {
  try {
    return await bmc.power(context.signal);
  } catch (error) {
    if (error instanceof BmcError) return 'unknown';
    throw error;
  }
}

/** From its own disk, as its firmware is set to start. Waits until its system answers. */
export async function power_on(metal: Metal): Promise<Loaded> {
  await needLoaded(metal);
  const management = metal.hardware.endpoint;
  if (!(await switchOn(metal.bmc, metal.context))) return { changed: false, management };
  await waitForSystem(metal, management);
  return { changed: true, management };
}

/** Pulls the plug, and reads that it is off. True when it was on. */
export async function power_off({ bmc, context, hardware }: Metal): Promise<boolean> {
  if (hardware.endpoint) forgetShells(hardware.endpoint);
  return await switchOff(bmc, context);
}

/** Off and on, and each read back: that it says *reset* proves nothing. */
export async function power_reset(metal: Metal): Promise<Loaded> {
  await needLoaded(metal);
  const management = metal.hardware.endpoint;
  if (management) forgetShells(management);
  await startFrom(metal.bmc, undefined, metal.context);
  await waitForSystem(metal, management);
  return { changed: true, management };
}

async function needLoaded({ context }: Metal): Promise<void> {
  if ((await readRecord(context))?.phase === 'loaded') return;
  throw new ModuleError('failed', `Nothing is loaded on ${context.node.name}: it must be loaded first`);
}

/**
 * The system is up when its SSH greets us. One that never does is on all the same: its person may have changed it, and
 * nobody replaces their machine without being asked.
 */
async function waitForSystem({ context }: Metal, management: Endpoint | null): Promise<void> {
  if (!management) return;
  context.progress('waiting for the system');
  const { signal, settings, log } = context;
  if (!(await within(settings.bootSeconds, signal, (limited) => waitForBanner(management, limited))))
    log.warn({ node: context.node.name }, 'a machine was switched on but does not answer');
}
