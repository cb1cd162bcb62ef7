import type { Endpoint } from '../../../../src/domain/contracts/facts.ts';
import type { Loaded } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import type { PowerState } from '../../../../src/domain/states.ts';
import { waitForBanner } from '../../../../src/lib/ssh.ts';
import { forgetShells } from '../../../../src/lib/ssh-shell.ts';
import { BmcError } from '../bmc/bmc-error.ts';
import { switchOff } from '../bmc/switch-power.ts';
import { removeJob } from './jobs/job.ts';
import { type LoadRecord, loadFolder, readRecord } from './load-record.ts';
import type { Metal } from './metal.ts';
import { stopExports } from './netroot/exports.ts';
import { ways } from './ways/ways.ts';
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

/** From what was loaded: its own disk, or the one that is served to it. Waits until its system answers. */
export async function power_on(metal: Metal): Promise<Loaded> {
  const { way } = await needLoaded(metal);
  const management = metal.hardware.endpoint;
  if ((await metal.bmc.power(metal.context.signal)) === 'on') return { changed: false, management };
  await ways[way].start(metal);
  await waitForSystem(metal, management);
  return { changed: true, management };
}

/** Pulls the plug, and reads that it is off. True when it was on. */
export async function power_off({ bmc, context, hardware }: Metal): Promise<boolean> {
  if (hardware.endpoint) forgetShells(hardware.endpoint);
  const changed = await switchOff(bmc, context);
  await stopExports(loadFolder(context));
  return changed;
}

/** Off and on, and each read back: that it says *reset* proves nothing. */
export async function power_reset(metal: Metal): Promise<Loaded> {
  const { way } = await needLoaded(metal);
  const management = metal.hardware.endpoint;
  if (management) forgetShells(management);
  await ways[way].start(metal);
  await waitForSystem(metal, management);
  return { changed: true, management };
}

/** What is loaded starts from its own disk: a capture that was broken off may have left a job for the network. */
async function needLoaded({ context }: Metal): Promise<LoadRecord> {
  const { directory, node } = context;
  const record = await readRecord(context);
  if (record?.phase === 'loaded') {
    await removeJob(directory, node.mac, 'capture');
    return record;
  }
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
