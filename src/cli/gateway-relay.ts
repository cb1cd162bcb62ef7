/**
 * The gateway's door in a web process: finds the gateway that a ticket leads to, which may be this process's own, one of
 * another process or of another computer, and passes everything on. The gateway itself checks the ticket and the page.
 */
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem, refuseUpgrade, sendProblem } from '../daemon/gateway/problem.ts';
import { abortable } from '../lib/abortable.ts';
import type { Services } from '../services/services.ts';
import { reachGateway } from './reach-gateway.ts';
import type { Door } from './serve.ts';

export interface Relay extends Door {
  /** Takes nothing new; files under way get so many seconds, then everything is cut. Pages connect again by themselves. */
  close(drainSeconds: number): Promise<void>;
}

/** A gateway in this very process. */
export interface OwnGateway {
  readonly address: string;
  readonly door: Door;
}

const away = new Problem(503, 'The machines cannot be reached at the moment. Please try again.');
const restarts = new Problem(503, 'The service restarts. Please try again in a moment.');
const badTicket = new Problem(401, 'This ticket was used already or is older than 30 seconds.');

export function relayToGateways(services: Pick<Services, 'gatewaysFor'>, own: OwnGateway | null): Relay {
  const passing = new Set<Promise<void>>();
  const windows = new Set<Duplex>();
  const isClosing = new AbortController();
  const find = async (req: IncomingMessage): Promise<Door | Socket> => {
    if (isClosing.signal.aborted) throw restarts;
    const ticket = new URL(req.url ?? '/', 'http://web').searchParams.get('ticket') ?? '';
    const addresses = await services.gatewaysFor(ticket);
    if (addresses === null) throw badTicket;
    for (const address of addresses) {
      if (address === own?.address) return own.door;
      const far = await reachGateway(address).catch(() => null);
      if (far) return far;
    }
    throw away;
  };
  return {
    handle(req, res) {
      if (!isForGateway(req)) return false;
      const done = pass(find(req), req, res);
      passing.add(done);
      void done.finally(() => passing.delete(done));
      return true;
    },
    upgrade(req, socket, head) {
      if (!isForGateway(req)) return false;
      windows.add(socket);
      socket.once('close', () => windows.delete(socket));
      socket.on('error', () => socket.destroy());
      void passUpgrade(find(req), req, socket, head);
      return true;
    },
    async close(drainSeconds) {
      isClosing.abort();
      for (const window of windows) window.destroy();
      const idle = Promise.allSettled(passing).then(() => undefined);
      await abortable(idle, AbortSignal.timeout(drainSeconds * 1_000)).catch(() => undefined);
    },
  };
}

function isForGateway({ url }: IncomingMessage): boolean {
  return url?.startsWith('/gateway/') === true;
}

/** Resolves when the answer has gone out or has been cut. */
async function pass(
  finding: Promise<Door | Socket>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const over = new Promise<void>((resolve) => res.once('close', resolve));
  try {
    const found = await finding;
    if ('handle' in found) found.handle(req, res);
    else passOn(found, req, res);
  } catch (error) {
    refuse(req, res, error);
  }
  await over;
}

function passOn(far: Socket, req: IncomingMessage, res: ServerResponse): void {
  const { method, url, headers } = req;
  const options = { createConnection: () => far, method, path: url };
  const passed = request({ ...options, headers: { ...headers, connection: 'close' } }, (answer) => {
    const { connection, 'keep-alive': _, ...kept } = answer.headers;
    res.writeHead(answer.statusCode ?? 502, kept);
    answer.once('error', () => res.destroy());
    answer.once('aborted', () => res.destroy());
    answer.pipe(res);
  });
  passed.once('error', () => refuse(req, res, away));
  res.once('close', () => passed.destroy());
  req.pipe(passed);
}

function refuse(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  req.resume();
  sendProblem(res, error instanceof Problem ? error : away);
}

/** The request is written out again as it came; from there on both sides talk to each other. */
async function passUpgrade(
  finding: Promise<Door | Socket>,
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  try {
    const found = await finding;
    if (socket.destroyed) return void ('destroy' in found && found.destroy());
    if ('upgrade' in found) found.upgrade(req, socket, head);
    else connectBoth(found, req, socket, head);
  } catch (error) {
    refuseUpgrade(socket, error instanceof Problem ? error : away);
  }
}

function connectBoth(far: Socket, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/1.1`];
  for (let i = 0; i < req.rawHeaders.length; i += 2)
    lines.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`);
  far.write(`${lines.join('\r\n')}\r\n\r\n`);
  far.write(head);
  far.on('error', () => socket.destroy());
  far.once('close', () => socket.destroy());
  socket.once('close', () => far.destroy());
  socket.pipe(far).pipe(socket);
}
