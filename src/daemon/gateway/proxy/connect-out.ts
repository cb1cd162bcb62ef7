/** Connections from the web proxy to the web: straight to a checked address, or through the operator's own proxy. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { abortable } from '../../../lib/abortable.ts';
import type { CheckedDestination } from './destination.ts';
import { Refusal } from './refusal.ts';

const connectMs = 15_000;

/** A connection to the destination, through the operator's proxy when there is one. Rejects with Refusal. */
export async function connectOut(destination: CheckedDestination, upstream: URL | null): Promise<Socket> {
  const tooLate = AbortSignal.timeout(connectMs);
  try {
    return upstream
      ? await tunnelThrough(upstream, destination, tooLate)
      : await connectTo(destination, tooLate);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    const sentence = tooLate.aborted ? 'does not answer' : 'could not be reached';
    throw new Refusal(tooLate.aborted ? 504 : 502, `${destination.host} ${sentence}.`, { cause });
  }
}

async function connectTo(
  { host, port, addresses }: CheckedDestination,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({ host, port, lookup: onlyThese(addresses), autoSelectFamily: true, noDelay: true });
  return await connected(socket, 'connect', signal);
}

/** Connects to the operator's proxy. */
export async function connectToUpstream(upstream: URL, signal: AbortSignal): Promise<Socket> {
  const host = upstream.hostname.replace(/^\[(.*)\]$/, '$1');
  if (upstream.protocol === 'https:') {
    const port = Number(upstream.port || 443);
    return await connected(
      connectTls({ host, port, servername: isIP(host) ? '' : host }),
      'secureConnect',
      signal,
    );
  }
  return await connected(
    connect({ host, port: Number(upstream.port || 80), noDelay: true }),
    'connect',
    signal,
  );
}

/** What the operator's proxy wants to be told besides; nothing when it knows no accounts. */
export function upstreamHeaders({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(account).toString('base64')}` };
}

async function tunnelThrough(
  upstream: URL,
  { host, port }: CheckedDestination,
  signal: AbortSignal,
): Promise<Socket> {
  const path = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const socket = await connectToUpstream(upstream, signal);
  const headers = { host: path, ...upstreamHeaders(upstream) };
  const asking = request({ method: 'CONNECT', path, headers, createConnection: () => socket });
  const answered = new Promise<Socket>((resolve, reject) => {
    asking.once('error', reject);
    asking.once('response', ({ statusCode }) =>
      reject(new Error(`the upstream proxy answered ${statusCode}`)),
    );
    asking.once('connect', ({ statusCode }, tunnel: Socket, head: Buffer) => {
      if (statusCode !== 200)
        reject(new Refusal(502, `The proxy of this site does not let machines reach ${host}.`));
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
    });
  });
  asking.end();
  return await abortable(answered, signal).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
}

async function connected<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** What was checked is what is connected to: the name is not looked up again. */
function onlyThese(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, answer) => {
    const [first] = found;
    if (options.all) answer(null, found);
    else answer(null, first?.address ?? '', first?.family ?? 4);
  };
}
