import { ModuleError } from '../../../../../src/domain/errors.ts';
import { sleep } from '../../../../../src/lib/sleep.ts';
import { forgetShells } from '../../../../../src/lib/ssh-shell.ts';
import type { Metal } from '../metal.ts';
import { power_status } from '../power.ts';

/** How long a system may take to shut down. */
const shutdownSeconds = 120;
const look = 1_000;

/**
 * Asks the system to switch itself off, and reads that it did. `failed` when it does not: whose plug is pulled has file systems
 * that are not whole.
 */
export async function shutDown(metal: Metal): Promise<void> {
  const { context, bmc, hardware } = metal;
  context.progress('shutting down');
  if (context.os) await context.os.shutdown();
  else await bmc.soft(context.signal);
  if (hardware.endpoint) forgetShells(hardware.endpoint);
  for (let waited = 0; waited < shutdownSeconds * 1000; waited += look) {
    if ((await power_status(metal)) === 'off') return;
    await sleep(look, context.signal);
  }
  throw new ModuleError(
    'failed',
    `${context.node.name} did not shut down within ${shutdownSeconds} s: what is on its disk may not be whole`,
  );
}
