/** Opens a shell on a machine that may be restarting: tries until it answers, for a while. */
import { sleep } from '../../lib/sleep.ts';
import { SshError, type SshFailure } from '../../lib/ssh.ts';
import type { GatewayDeps, TicketHolder } from './contract.ts';
import { openShell, type PersonShell } from './person-shell.ts';
import type { Size } from './terminal-window.ts';

/** A shell ends for a reason that its person is told. */
export class ShellOver extends Error {
  override readonly name = 'ShellOver';
}

export interface Reach extends Pick<GatewayDeps, 'accessOf' | 'log' | 'settings'> {
  readonly of: TicketHolder;
  readonly size: () => Size;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** It was there a moment ago: it is starting, and asked again soon. */
  readonly isRestarting: boolean;
}

const pauseMs = 300;
/**
 * How long its first byte is waited for: user networks take a connection long before the machine is up, and what they
 * took then comes to nothing. Longer each time, for a machine may also be slow.
 */
const patienceMs = { restarting: 700, first: 5_000, most: 10_000, growth: 1.3 } as const;
/** It may have been ended by another daemon of the place, which knows nothing of our windows. */
export const reservationEnded = 'The reservation has ended.';
export const machineOff = 'The machine is off. Start it on the page of its reservation.';
const mostRefusals = 3;
const byItself = 'This window connects by itself as soon as it answers.';
const waiting = `The machine does not answer yet. ${byItself}`;
const off = `${machineOff} ${byItself}`;
const endings: Readonly<Record<SshFailure, string>> = {
  'host-key': 'Another machine answers at this address. For your safety nothing was sent to it.',
  denied: 'The machine does not accept your account.',
  unreachable: 'The machine does not answer.',
};

/** Rejects with ShellOver when it is given up, and with `signal.reason` when aborted. */
export async function reachShell(reach: Reach): Promise<PersonShell> {
  const { signal, of, log } = reach;
  const until = performance.now() + reach.settings.reattachSeconds * 1_000;
  let refusals = 0;
  let said = '';
  const sayOnce = (sentence: string) => {
    if (sentence !== said) reach.say(sentence);
    said = sentence;
  };
  for (
    let wait: number = patienceMs[reach.isRestarting ? 'restarting' : 'first'];
    ;
    wait *= patienceMs.growth
  ) {
    const outcome = await tryShell(reach, Math.min(wait, patienceMs.most));
    if (typeof outcome !== 'string') return outcome;
    sayOnce(outcome === 'off' ? off : waiting);
    if (outcome === 'denied') refusals += 1;
    log.debug({ reservation: of.reservationId, outcome }, 'no shell yet');
    const isHopeless = outcome === 'host-key' || refusals >= mostRefusals || performance.now() > until;
    if (isHopeless) throw new ShellOver(outcome === 'off' ? machineOff : endings[outcome]);
    await sleep(pauseMs, signal);
  }
}

async function tryShell(reach: Reach, bannerTimeoutMs: number): Promise<PersonShell | SshFailure | 'off'> {
  const { signal } = reach;
  const access = await reach.accessOf(reach.of);
  signal.throwIfAborted();
  if (access === 'ended') throw new ShellOver(reservationEnded);
  if (access === 'off') return access;
  if (!access) return 'unreachable';
  try {
    return await openShell(access, reach.size(), { signal, bannerTimeoutMs });
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof SshError ? error.failure : 'unreachable';
  }
}
