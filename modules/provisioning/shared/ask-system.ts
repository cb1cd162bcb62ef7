import type { Endpoint } from '../../../src/domain/contracts/facts.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { abortable } from '../../../src/lib/abortable.ts';
import { greets } from '../../../src/lib/ssh.ts';
import type { Findings } from './judge-status.ts';

/** How long a machine may take to say what it is. */
const patience = 20_000;

export type SystemAnswer = Pick<Findings, 'reachable' | 'postLoad'>;
export const silent: SystemAnswer = { reachable: false, postLoad: undefined };

/** Asks the system behind `management` what it is; a machine that is known by another address is not believed. */
export async function askSystem(
  { os, signal, node }: Pick<ProvisioningContext, 'os' | 'signal' | 'node'>,
  management: Endpoint | null,
): Promise<SystemAnswer> {
  if (!management) return silent;
  if (!os) return { reachable: await greets(management, 5_000, signal), postLoad: undefined };
  const known = node.management;
  if (known?.host !== management.host || known.port !== management.port) return silent;
  try {
    const answer = abortable(os.current_image(), AbortSignal.timeout(patience));
    return { reachable: true, postLoad: await abortable(answer, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModuleError || (error as Error).name === 'TimeoutError') return silent;
    throw error;
  }
}
