import type { ModuleLog } from '../domain/contracts/module-context.ts';
import type { ProvisioningModule } from '../domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../domain/contracts/provisioning-context.ts';
import { tailOfFile } from '../lib/tail-of-file.ts';

interface Keeping {
  readonly keepConsole: (said: Buffer) => Promise<void>;
  readonly log: ModuleLog;
}

/** As much of a console as is kept of a load. */
const mostConsole = 64 * 1024;

/** Keeps what the machine's console says meanwhile, whatever comes of it. */
export async function withConsole<T>(
  { keepConsole, log }: Keeping,
  module: ProvisioningModule,
  context: ProvisioningContext,
  work: () => Promise<T>,
): Promise<T> {
  const access = await module.console?.(context).catch(() => undefined);
  if (!access) return work();
  const tail = await tailOfFile(access.logFile);
  try {
    return await work();
  } finally {
    const keeping = tail.end(mostConsole).then((said) => keepConsole(said));
    await keeping.catch((error: unknown) => log.warn({ err: error }, 'a console was not kept'));
  }
}
