import { readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { withSocketPath } from '../lib/socket-path.ts';
import type { Door } from './serve.ts';

const socketName = /^gateway-.+\.sock$/;

/** Lets web processes on the same data directory reach a daemon's gateway. Call it with the daemon's lock held. */
export async function listenForWebs(
  dataDirectory: string,
  name: string,
  door: Door,
): Promise<{ stop(): Promise<void> }> {
  const path = join(dataDirectory, `gateway-${name}.sock`);
  rmSync(path, { force: true });
  const server = createServer({ requestTimeout: 0 }, (req, res) => {
    if (!door.handle(req, res)) res.writeHead(404).end();
  });
  server.on('upgrade', (req, socket, head) => {
    if (!door.upgrade(req, socket, head)) socket.destroy();
  });
  await withSocketPath(path, (short) => {
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(short, resolve);
    });
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The gateway for a web process that has none: passes everything on to the first daemon of the data directory that answers. */
export function relayToDaemon(dataDirectory: string): Door {
  const mine = (req: IncomingMessage) => req.url?.startsWith('/gateway/') === true;
  return {
    handle(req, res) {
      if (!mine(req)) return false;
      relay(dataDirectory, req, res).catch(() => unavailable(res));
      return true;
    },
    upgrade(req, socket, head) {
      if (!mine(req)) return false;
      relayUpgrade(dataDirectory, req, socket, head).catch(() => socket.destroy());
      return true;
    },
  };
}

async function relay(dataDirectory: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const far = await reachDaemon(dataDirectory);
  const { method, url, headers } = req;
  const passed = request({ createConnection: () => far, method, path: url, headers }, (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  });
  passed.once('error', () => unavailable(res));
  res.once('close', () => passed.destroy());
  req.pipe(passed);
}

/** The request is written out again as it came; from there on both sides talk to each other. */
async function relayUpgrade(
  dataDirectory: string,
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const far = await reachDaemon(dataDirectory);
  const lines = [`${req.method} ${req.url} HTTP/1.1`];
  for (let i = 0; i < req.rawHeaders.length; i += 2)
    lines.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`);
  far.write(`${lines.join('\r\n')}\r\n\r\n`);
  far.write(head);
  far.once('error', () => socket.destroy());
  far.once('close', () => socket.destroy());
  socket.once('error', () => far.destroy());
  socket.once('close', () => far.destroy());
  socket.pipe(far).pipe(socket);
}

async function reachDaemon(dataDirectory: string): Promise<Socket> {
  for (const name of readdirSync(dataDirectory)
    .filter((entry) => socketName.test(entry))
    .sort()) {
    const socket = await withSocketPath(join(dataDirectory, name), connectTo).catch(() => null);
    if (socket) return socket;
  }
  throw new Error('no daemon answers');
}

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.once('error', reject);
  });
}

function unavailable(res: ServerResponse): void {
  if (res.headersSent) return void res.destroy();
  const detail = 'The machines cannot be reached at the moment. Please try again.';
  res.writeHead(503, { 'content-type': 'application/problem+json' });
  res.end(JSON.stringify({ title: 'Unavailable', status: 503, detail }));
}
