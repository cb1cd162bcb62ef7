/**
 * Management sessions: scripts run on a machine over one kept connection. A handshake costs an emulated machine 0.3 s and
 * more, so connections stay open, one per endpoint and host key, and never keep this process alive.
 */
import type { ClientChannel } from 'ssh2';
import type { Endpoint } from '../domain/contracts/facts.ts';
import type { Shell, ShellResult } from '../domain/contracts/os.ts';
import { ModuleError } from '../domain/errors.ts';
import { abortable } from './abortable.ts';
import { sleep } from './sleep.ts';
import { connectSsh, growingPatience, type SshConnection, SshError, type SshTarget } from './ssh.ts';

export interface ShellTarget extends SshTarget {
  readonly signal?: AbortSignal | undefined;
}

interface Kept {
  readonly target: SshTarget;
  readonly opening: Promise<SshConnection>;
  running: number;
}

const kept = new Map<string, Kept>();
const channelTimeoutMs = 5_000;
const mostOutput = 1024 * 1024;
const ignore = () => undefined;

/** A management session. It connects at the first `run`, or not at all when there is a connection already. */
export function connectShell(target: ShellTarget): Shell {
  return { run: (script, options) => runScript(target, script, options?.timeoutMs ?? 30_000) };
}

/**
 * Waits until the machine lets us in and keeps that connection for the shells to come. Tries until `signal` aborts:
 * a machine that is still starting may refuse, or show the host key it had before it read its seed.
 */
export async function waitForSsh(target: ShellTarget & { readonly signal: AbortSignal }): Promise<void> {
  const patience = growingPatience();
  for (;;) {
    try {
      const opening = connectSsh(target, { signal: target.signal, bannerTimeoutMs: patience() });
      keep(target, opening);
      await opening;
      return;
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      await sleep(error.failure === 'unreachable' ? 25 : 500, target.signal);
    }
  }
}

/** Closes what is kept to an endpoint: its machine was switched off or restarted. */
export function forgetShells(endpoint: Endpoint): void {
  for (const entry of kept.values()) {
    if (entry.target.host === endpoint.host && entry.target.port === endpoint.port) drop(entry);
  }
}

/** Closes every kept connection. */
export function closeShells(): void {
  for (const entry of kept.values()) drop(entry);
}

async function runScript(target: ShellTarget, script: string, timeoutMs: number): Promise<ShellResult> {
  const { signal } = target;
  signal?.throwIfAborted();
  const known = kept.get(keyOf(target));
  const entry = known ?? keep(target, connectSsh(target));
  entry.running += 1;
  try {
    const connection = await abortable(entry.opening, signal);
    connection.socket.ref();
    const channel = await abortable(openChannel(connection), signal);
    return await converse(channel, script, timeoutMs, signal);
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    drop(entry);
    // Nothing was sent yet: a kept connection that had died is no reason to give up.
    if (known) return await runScript(target, script, timeoutMs);
    throw unreachable(error);
  } finally {
    entry.running -= 1;
    if (entry.running === 0) entry.opening.then(({ socket }) => socket.unref(), ignore);
  }
}

function unreachable(error: SshError): ModuleError {
  return new ModuleError(error.failure === 'host-key' ? 'node_broken' : 'retry', error.message, {
    cause: error,
  });
}

const keyOf = (target: SshTarget) =>
  [target.host, target.port, target.username ?? 'root', ...target.hostKeys].join(' ');

function keep(target: SshTarget, opening: Promise<SshConnection>): Kept {
  const key = keyOf(target);
  const entry: Kept = { target, opening, running: 0 };
  kept.set(key, entry);
  const forget = () => {
    if (kept.get(key) === entry) kept.delete(key);
  };
  opening.then(({ client, socket }) => {
    client.once('close', forget);
    if (entry.running === 0) socket.unref();
  }, forget);
  return entry;
}

function drop(entry: Kept): void {
  kept.delete(keyOf(entry.target));
  entry.opening.then(({ client }) => client.destroy(), ignore);
}

function openChannel({ client }: SshConnection): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const lost = (cause?: unknown) => {
      finish();
      reject(new SshError('unreachable', 'The machine does not answer over SSH', { cause }));
    };
    const timer = setTimeout(lost, channelTimeoutMs);
    const finish = () => {
      clearTimeout(timer);
      client.removeListener('close', lost);
    };
    client.once('close', lost);
    try {
      client.exec('exec sh -s', (error, channel) => {
        if (error) return lost(error);
        finish();
        resolve(channel);
      });
    } catch (error) {
      lost(error);
    }
  });
}

function converse(
  channel: ClientChannel,
  script: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<ShellResult> {
  return new Promise((resolve, reject) => {
    const stdout = collector(() =>
      giveUp(new ModuleError('failed', 'A script on the machine said too much')),
    );
    const stderr = collector(() => undefined);
    let code: number | null = null;
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const giveUp = (reason: unknown) => {
      finish();
      channel.close();
      reject(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const timer = setTimeout(
      () =>
        giveUp(new ModuleError('retry', `A script on the machine took longer than ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    channel.on('data', stdout.add);
    channel.stderr.on('data', stderr.add);
    channel.once('exit', (status: number | null) => {
      code = status ?? 128;
    });
    channel.once('close', () => {
      finish();
      if (code === null) reject(new ModuleError('retry', 'The machine went away while a script ran'));
      else resolve({ code, stdout: stdout.text(), stderr: stderr.text() });
    });
    channel.on('error', giveUp);
    channel.end(script);
  });
}

/** Keeps the first `mostOutput` bytes; `tooMuch` is called for what goes beyond: a machine's root decides what it says. */
function collector(tooMuch: () => void) {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk: Buffer) {
      size += chunk.length;
      if (size > mostOutput) tooMuch();
      else chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString(),
  };
}
