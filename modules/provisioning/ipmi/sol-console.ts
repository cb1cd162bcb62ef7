import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { abortable } from '../../../src/lib/abortable.ts';
import { ExecError } from '../../../src/lib/exec.ts';
import { faultIn, type Question } from './answers.ts';
import { type Greeting, ipmitool, openSol } from './ipmitool.ts';

/** Nobody waits longer for a console. Milliseconds. */
const patience = 20_000;
/** What ipmitool says first, for people. */
const begun = /\[SOL Session operational[^\n]*\n/;

/** The machine's serial line over LAN, from the first byte of the machine on. See `Bmc.openConsole`. */
export async function openConsole(
  greeting: Greeting,
  question: Question,
  signal: AbortSignal,
): Promise<Duplex> {
  await ipmitool(greeting, ['sol', 'deactivate'], signal);
  signal.throwIfAborted();
  const talk = openSol(greeting);
  // Who reads it sees it close; that nobody listened to why must not end the daemon.
  talk.on('error', () => undefined);
  try {
    await abortable(abortable(skipGreeting(talk), AbortSignal.timeout(patience)), signal);
  } catch (error) {
    talk.destroy();
    signal.throwIfAborted();
    const stderr = error instanceof ExecError ? error.stderr : '';
    throw faultIn({ stdout: '', stderr, hung: !(error instanceof ExecError), whole: false }, question);
  }
  const end = () => talk.destroy();
  signal.addEventListener('abort', end, { once: true });
  talk.once('close', () => signal.removeEventListener('abort', end));
  return talk;
}

async function skipGreeting(talk: Duplex): Promise<void> {
  let heard = Buffer.alloc(0);
  for (;;) {
    const chunk = talk.read() as Buffer | null;
    if (chunk === null) {
      await once(talk, 'readable');
      continue;
    }
    heard = Buffer.concat([heard, chunk]);
    const found = begun.exec(heard.toString('latin1'));
    if (!found) continue;
    const rest = heard.subarray(found.index + found[0].length);
    if (rest.length > 0) talk.unshift(rest);
    return;
  }
}
