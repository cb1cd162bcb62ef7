import { ModuleError } from '../../../../src/domain/errors.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import { BmcError } from '../bmc/bmc-error.ts';
import type { Metal } from './metal.ts';

const look = 5_000;
const lostPower = new Error('the machine is off');
const nothing = () => Promise.resolve();

/**
 * Runs `work`; `node_broken` when the machine is off before it is through. A BMC that says nothing meanwhile is let be.
 * `meanwhile` is done again and again; what it throws ends the work.
 */
export async function whileOn<T>(
  metal: Metal,
  work: (signal: AbortSignal) => Promise<T>,
  meanwhile: () => Promise<void> = nothing,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([metal.context.signal, over.signal]);
  const watching = watch(metal, signal, meanwhile).catch((error: unknown) => over.abort(error));
  try {
    return await work(signal);
  } catch (error) {
    if (error !== lostPower) throw error;
    const { name } = metal.context.node;
    throw new ModuleError('node_broken', `${name} went off in the middle of it: look at its supply`);
  } finally {
    over.abort();
    await watching;
  }
}

/** Off is seen twice, since a machine may be off for a moment where it restarts itself. */
async function watch({ bmc }: Metal, signal: AbortSignal, meanwhile: () => Promise<void>): Promise<never> {
  for (let seen = 0; seen < 2; ) {
    await sleep(look, signal);
    await meanwhile();
    const power = await bmc.power(signal).catch((error: unknown) => {
      if (error instanceof BmcError) return 'unknown';
      throw error;
    });
    seen = power === 'off' ? seen + 1 : 0;
  }
  throw lostPower;
}
