import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';

/**
 * Milliseconds after which an attempt that hangs is given up: QEMU's forwarder accepts long before the guest answers. A tenth
 * of the time waited so far, because a slow guest that is left after 250 ms each time forks one sshd after the other and
 * never gets to greet.
 */
const leastPatience = 250;
const patienceShare = 0.1;
/** Milliseconds between attempts: a refused one ends at once. */
const pace = 20;

/** Resolves when an SSH server greets on this port of this computer; rejects with signal.reason when aborted first. */
export async function waitForBanner(port: number, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const patience = () => Math.max(leastPatience, (performance.now() - started) * patienceShare);
  while (!(await greets(port, patience()))) {
    await after(pace);
    signal.throwIfAborted();
  }
}

async function greets(port: number, patience: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const closed = new AbortController();
  socket.setTimeout(patience, () => socket.destroy());
  socket.on('error', () => undefined).once('close', () => closed.abort());
  try {
    const [data] = await once(socket, 'data', { signal: closed.signal });
    return String(data).startsWith('SSH-');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
