import { ModuleError } from '../../../../src/domain/errors.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import { tailOfFile } from '../../../../src/lib/tail-of-file.ts';
import { BmcError } from '../bmc/bmc-error.ts';
import { consoleOf } from './console.ts';
import type { Metal } from './metal.ts';

const look = 5_000;
const mostConsole = 64 * 1024;
const lostPower = new Error('the machine is off');
const nothing = () => Promise.resolve();
/** How the imaging agent says why it switches its machine off (`stop` in src/lib/images/agent/init). */
const saidWhy = /^labrador-agent: stops: ([\x20-\x7e]{1,500})/gm;

/**
 * Runs `work`; `node_broken` when the machine is off before it is through, with what its agent said on the console when it
 * switched it off. A BMC that says nothing meanwhile is let be.
 * `meanwhile` is done again and again; what it throws ends the work.
 */
export async function whileOn<T>(
  metal: Metal,
  work: (signal: AbortSignal) => Promise<T>,
  meanwhile: () => Promise<void> = nothing,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([metal.context.signal, over.signal]);
  const said = await tailOfFile((await consoleOf(metal)).logFile);
  const watching = watch(metal, signal, meanwhile).catch((error: unknown) => over.abort(error));
  const ended = await work(signal).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  over.abort();
  await watching;
  const console = await said.end(mostConsole);
  if ('value' in ended) return ended.value;
  throw ended.error === lostPower ? wentOff(metal, console) : ended.error;
}

function wentOff({ context }: Metal, console: Buffer): ModuleError {
  const why = [...console.toString('latin1').matchAll(saidWhy)].at(-1)?.[1];
  const sentence = why ? `switched itself off: ${why}` : 'went off in the middle of it: look at its supply';
  return new ModuleError('node_broken', `${context.node.name} ${sentence}`);
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
