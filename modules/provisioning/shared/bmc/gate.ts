/**
 * What stands before one BMC: one command at a time with a pause between two, since BMCs lose commands and freeze when they
 * are hurried; and no knocking where nobody answers (a breaker), or where the password was refused (accounts get locked).
 */
import { abortable } from '../../../../src/lib/abortable.ts';
import { createQueue } from '../../../../src/lib/queue.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import { BmcError } from './bmc-error.ts';

/** One command for the BMC. */
export interface Passage {
  readonly signal: AbortSignal;
  /** Milliseconds from the end of the command before to the beginning of this one. */
  readonly intervalMs: number;
  /** Stands for the name and the password that it is asked with; a digest. */
  readonly credentials: string;
  /** Goes through though the BMC rests or refused these credentials. */
  readonly insist: boolean;
}

export interface Gate {
  /**
   * Runs `work` when its turn has come. Throws BmcError instead when three in a row had no answer, for 15 s to 5 minutes, or when
   * these credentials were refused: then the BMC hears nothing.
   */
  pass<T>(work: () => Promise<T>, passage: Passage): Promise<T>;
}

const silencesToRest = 3;
const shortestRest = 15_000;
const longestRest = 300_000;

/** A gate for the BMC at `address`. `now` is in milliseconds and only ever grows. */
export function createGate(address: string, now: () => number = () => performance.now()): Gate {
  const inTurn = createQueue(1);
  let freeAt = 0;
  let silences = 0;
  let restsUntil = 0;
  let refused: string | null = null;

  function check({ insist, credentials }: Passage): void {
    if (insist) return;
    if (refused === credentials) throw refusedBefore(address);
    if (now() < restsUntil) throw atRest(address, silences, restsUntil - now());
  }

  function note(error: unknown, { credentials }: Passage): void {
    const fault = error instanceof BmcError ? error.fault : null;
    if (fault === 'auth') refused = credentials;
    else if (fault === null && refused === credentials) refused = null;
    silences = fault === 'unreachable' ? silences + 1 : 0;
    const rest = Math.min(shortestRest * 2 ** (silences - silencesToRest), longestRest);
    restsUntil = silences >= silencesToRest ? now() + rest : 0;
  }

  async function run<T>(work: () => Promise<T>, passage: Passage): Promise<T> {
    const { signal, intervalMs } = passage;
    signal.throwIfAborted();
    check(passage);
    while (now() < freeAt + intervalMs) await sleep(Math.ceil(freeAt + intervalMs - now()), signal);
    try {
      const answer = await work();
      note(null, passage);
      return answer;
    } catch (error) {
      if (!signal.aborted) note(error, passage);
      throw error;
    } finally {
      freeAt = now();
    }
  }

  return {
    async pass(work, passage) {
      passage.signal.throwIfAborted();
      check(passage);
      return await abortable(
        inTurn(() => run(work, passage)),
        passage.signal,
      );
    },
  };
}

function refusedBefore(address: string): BmcError {
  return new BmcError(
    'auth',
    `The BMC at ${address} refused this name and password before. It is not asked again, since many lock the account after a few tries: correct them, or mend the BMC and press Test.`,
  );
}

function atRest(address: string, silences: number, milliseconds: number): BmcError {
  const seconds = Math.ceil(milliseconds / 1000);
  return new BmcError(
    'unreachable',
    `The BMC at ${address} did not answer ${silences} times in a row. It is asked again in ${seconds} s.`,
  );
}
