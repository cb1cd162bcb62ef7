/** SSH connections with a pinned host key: never "trust on first use", never unverified. */
import { connect, type Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Endpoint } from '../domain/contracts/facts.ts';
import { abortable } from './abortable.ts';
import { sleep } from './sleep.ts';

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  /** `root` unless told. */
  readonly username?: string;
  /** OpenSSH private key. */
  readonly privateKey?: string;
  readonly password?: string;
  /** The public host keys it may present, `ssh-ed25519 AAAA...`; any other ends the connection. */
  readonly hostKeys: readonly string[];
}

export interface SshConnection {
  readonly client: ssh2.Client;
  readonly socket: Socket;
}

/** `unreachable`: nothing or no SSH server answers. `host-key`: another machine answers. `denied`: it does not let us in. */
export type SshFailure = 'unreachable' | 'host-key' | 'denied';

export class SshError extends Error {
  override readonly name = 'SshError';
  readonly failure: SshFailure;
  constructor(failure: SshFailure, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.failure = failure;
  }
}

export interface SshConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the server's first byte may take; user networks accept TCP long before a machine is up. 5,000 ms unless told. */
  readonly bannerTimeoutMs?: number;
  /** How long the handshake may take after that. 30,000 ms unless told. */
  readonly handshakeTimeoutMs?: number;
  /** Asks for a sign of life so often; a server that gives none for a minute is left. Never asks unless told. */
  readonly keepAliveMs?: number;
}

/** Connects and signs in. Rejects with SshError, or with `signal.reason` when aborted. The caller ends the connection. */
export function connectSsh(target: SshTarget, options: SshConnectOptions = {}): Promise<SshConnection> {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    const client = new ssh2.Client();
    const pin = pinnedKeys(target.hostKeys);
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      outcome();
    };
    const fail = (reason: unknown) =>
      settle(() => {
        socket.destroy();
        reject(reason);
      });
    const onAbort = () => fail(signal?.reason);
    const tooLate = (what: string) => () => fail(new SshError('unreachable', `${where(target)} ${what}`));
    let timer = setTimeout(tooLate('sends no SSH banner'), options.bannerTimeoutMs ?? 5_000);

    signal?.addEventListener('abort', onAbort, { once: true });
    // The listener stays for the connection's life: a late error without one would end the process.
    client.on('error', (error) => fail(asSshError(error, target, pin.mismatch())));
    client.once('close', () => fail(new SshError('unreachable', `${where(target)} closed the connection`)));
    client.once('ready', () => settle(() => resolve({ client, socket })));
    client.connect(connectConfig(target, socket, pin, options.keepAliveMs ?? 0));
    socket.once('data', () => {
      clearTimeout(timer);
      timer = setTimeout(tooLate('does not finish the SSH handshake'), options.handshakeTimeoutMs ?? 30_000);
    });
  });
}

interface Pin {
  readonly algorithms: ssh2.ServerHostKeyAlgorithm[];
  accepts(key: Buffer): boolean;
  /** True when a key was presented that is not pinned. */
  mismatch(): boolean;
}

function pinnedKeys(hostKeys: readonly string[]): Pin {
  const known = hostKeys.map((key) => key.split(' '));
  let mismatch = false;
  return {
    algorithms: known.flatMap(([type = '']) => algorithmsOf(type)),
    accepts(key) {
      mismatch = !known.some(([, body = '']) => Buffer.from(body, 'base64').equals(key));
      return !mismatch;
    },
    mismatch: () => mismatch,
  };
}

/** An RSA key signs by any of three algorithms; every other type is its own. */
function algorithmsOf(keyType: string): ssh2.ServerHostKeyAlgorithm[] {
  if (keyType === 'ssh-rsa') return ['rsa-sha2-512', 'rsa-sha2-256'];
  return [keyType as ssh2.ServerHostKeyAlgorithm];
}

function connectConfig(target: SshTarget, socket: Socket, pin: Pin, keepAliveMs: number): ssh2.ConnectConfig {
  return {
    sock: socket,
    username: target.username ?? 'root',
    ...(target.privateKey === undefined ? {} : { privateKey: target.privateKey }),
    ...(target.password === undefined ? {} : { password: target.password }),
    hostVerifier: (key: Buffer) => pin.accepts(key),
    algorithms: { serverHostKey: pin.algorithms },
    readyTimeout: 0,
    keepaliveInterval: keepAliveMs,
    keepaliveCountMax: Math.ceil(60_000 / Math.max(keepAliveMs, 1)),
  };
}

function asSshError(error: Error & { level?: string }, target: SshTarget, mismatch: boolean): SshError {
  if (mismatch || /no matching host key/i.test(error.message)) {
    const message = `${where(target)} presents another host key than the one made for it`;
    return new SshError('host-key', message, { cause: error });
  }
  if (error.level === 'client-authentication') {
    return new SshError('denied', `${where(target)} does not let us in`, { cause: error });
  }
  return new SshError('unreachable', `${where(target)} does not answer over SSH`, { cause: error });
}

const where = ({ host, port }: SshTarget) => `${host}:${port}`;

/**
 * Waits until an SSH server greets us there. It proves that the system is up, and nothing about who it is. Rejects with
 * `signal.reason` when aborted.
 */
export async function waitForBanner(endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  const patience = growingPatience();
  while (!(await greets(endpoint, patience(), signal))) await sleep(25, signal);
}

/**
 * Milliseconds to wait for a greeting before trying once more: QEMU's network accepts long before a machine is up, and notices
 * late that it is. A tenth of the time waited so far: a slow machine that is left early each time starts one sshd after the
 * other, and never gets to greet.
 */
export function growingPatience(): () => number {
  const began = performance.now();
  return () => Math.max(400, (performance.now() - began) / 10);
}

/** True when an SSH server greets us within the time. */
export function greets(endpoint: Endpoint, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
  const socket = connect({ host: endpoint.host, port: endpoint.port });
  const greeted = new Promise<boolean>((resolve) => {
    socket.setTimeout(timeoutMs, () => resolve(false));
    socket.once('data', (chunk) => resolve(chunk.toString('latin1').startsWith('SSH-')));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
  return abortable(greeted, signal).finally(() => socket.destroy());
}
