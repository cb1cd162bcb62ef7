/** The web for one machine: an HTTP proxy on a unix socket of its own, which also tells who asks. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ModuleLog } from '../../../domain/contracts/module-context.ts';
import type { ProxyGuest } from '../contract.ts';
import { connectOut, connectToUpstream, upstreamHeaders } from './connect-out.ts';
import {
  checkDestination,
  type Destination,
  type DestinationRules,
  destinationOfAuthority,
  destinationOfUrl,
} from './destination.ts';
import { asRefusal, Refusal, refusalBody, refusalBytes, refusalHeaders } from './refusal.ts';

export interface WebProxyOptions {
  readonly rules: DestinationRules;
  readonly upstream: URL | null;
  readonly mostConnections: number;
  readonly idleSeconds: number;
  readonly guest: ProxyGuest;
  readonly log: ModuleLog;
}

/** Headers between two neighbours, not for the far end (RFC 9110, 7.6.1). */
const neighbourly = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

export interface WebProxy {
  /** Not listening yet. */
  readonly server: Server;
  /** Stops listening and cuts what is under way. */
  stop(): Promise<void>;
}

/** One line is logged for each connection: where to and how much, never what. */
export function createWebProxy(options: WebProxyOptions): WebProxy {
  const sockets = new Set<Socket>();
  const server = createServer({ requestTimeout: 0 }, (asked, response) => {
    forward(asked, response, options).catch((error: unknown) => refuse(response, asked, error, options));
  });
  server.maxConnections = options.mostConnections;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.setTimeout(options.idleSeconds * 1_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
  });
  server.on('connect', (asked: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnel(asked, client, head, options).catch((error: unknown) => {
      noteRefused(asked, error, options);
      client.end(refusalBytes(asRefusal(error)));
    });
  });
  return { server, stop: () => stop(server, sockets) };
}

/** Tunnels are no longer the HTTP server's: their sockets are cut by hand. */
async function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}

async function tunnel(
  asked: IncomingMessage,
  client: Duplex,
  head: Buffer,
  options: WebProxyOptions,
): Promise<void> {
  const destination = await checkDestination(destinationOfAuthority(asked.url ?? ''), options.rules);
  const remote = await connectOut(destination, options.upstream);
  remote.setTimeout(options.idleSeconds * 1_000, () => remote.destroy());
  client.write('HTTP/1.1 200 Connection established\r\n\r\n');
  remote.write(head);
  const began = performance.now();
  await Promise.allSettled([pipeline(client, remote), pipeline(remote, client)]);
  noteServed(destination, { sent: remote.bytesWritten, received: remote.bytesRead, began }, options);
}

async function forward(
  asked: IncomingMessage,
  response: ServerResponse,
  options: WebProxyOptions,
): Promise<void> {
  const { url, destination } = destinationOfUrl(asked.url ?? '');
  const checked = await checkDestination(destination, options.rules);
  const { upstream } = options;
  const remote = upstream
    ? await connectToUpstream(upstream, AbortSignal.timeout(15_000))
    : await connectOut(checked, null);
  remote.setTimeout(options.idleSeconds * 1_000, () => remote.destroy());
  const began = performance.now();
  try {
    await exchange(asked, response, url, remote, upstream);
  } finally {
    noteServed(checked, { sent: remote.bytesWritten, received: remote.bytesRead, began }, options);
    remote.destroy();
  }
}

/** One request and its answer over a connection of its own. */
async function exchange(
  asked: IncomingMessage,
  response: ServerResponse,
  url: URL,
  remote: Socket,
  upstream: URL | null,
): Promise<void> {
  const out = request({
    method: asked.method ?? 'GET',
    path: upstream ? url.href : `${url.pathname}${url.search}`,
    headers: { ...endToEnd(asked.headers), host: url.host, ...(upstream ? upstreamHeaders(upstream) : {}) },
    createConnection: () => remote,
  });
  response.once('close', () => out.destroy());
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    out.once('response', resolve);
    out.once('error', reject);
  });
  // A server may answer before it has read everything; what goes wrong for good shows in the answer.
  pipeline(asked, out).catch(() => undefined);
  const received = await answer;
  response.writeHead(received.statusCode ?? 502, endToEnd(received.headers));
  await pipeline(received, response);
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !neighbourly.has(name) && !named.includes(name)),
  );
}

function refuse(
  response: ServerResponse,
  asked: IncomingMessage,
  error: unknown,
  options: WebProxyOptions,
): void {
  noteRefused(asked, error, options);
  const refusal = asRefusal(error);
  if (response.headersSent) response.destroy();
  else response.writeHead(refusal.status, refusalHeaders).end(refusalBody(refusal));
}

interface Traffic {
  readonly sent: number;
  readonly received: number;
  readonly began: number;
}

function noteServed(
  { host, port }: Destination,
  { sent, received, began }: Traffic,
  options: WebProxyOptions,
): void {
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  options.log.info({ ...options.guest, host, port, sent, received, seconds }, 'web proxy connection');
}

function noteRefused(
  { url, method }: IncomingMessage,
  error: unknown,
  { log, guest }: WebProxyOptions,
): void {
  const target = method === 'CONNECT' || !URL.canParse(url ?? '') ? (url ?? '') : new URL(url ?? '').host;
  const why = error instanceof Refusal ? error.message : String(error);
  log.info({ ...guest, host: target.slice(0, 255), why }, 'web proxy refused');
}
