/** Puts the application on a port. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { GatewayDoors } from './gateway-doors.ts';

export interface ServerOptions {
  readonly app: Express;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Takes WebSockets, where the gateway runs in this process. */
  readonly gateway?: Pick<GatewayDoors, 'upgrade'>;
}

export interface RunningServer {
  readonly port: number;
  /** Stops listening and ends every connection, the streams too. */
  stop(): Promise<void>;
}

/** Listens. Rejects with one sentence when the port is taken or the address is not this computer's. */
export async function startServer({ app, host, port, gateway }: ServerOptions): Promise<RunningServer> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000, keepAliveTimeout: 65_000 }, app);
  server.on('upgrade', (request, socket, head) => {
    if (gateway?.upgrade(request, socket, head) !== true)
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
  });
  await listen(server, host, port);
  return { port: (server.address() as AddressInfo).port, stop: () => stop(server) };
}

/** Rejects with the same sentence before there is anything to serve. */
export async function canListen(host: string, port: number): Promise<void> {
  const server = createServer();
  await listen(server, host, port);
  await stop(server);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(new Error(whyNot(error, host, port), { cause: error })),
    );
    server.listen(port, host, done);
  });
}

function whyNot(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken. Set LABRADOR_PORT to another one.`;
  if (error.code === 'EACCES')
    return `Port ${port} may not be used by this account. Set LABRADOR_PORT above 1023.`;
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return `There is no computer called ${host}. Set LABRADOR_HOST to a name or address of this one.`;
  if (error.code === 'EADDRNOTAVAIL')
    return `${host} is not an address of this computer. Check LABRADOR_HOST.`;
  return `Cannot listen on ${host} port ${port}: ${error.code ?? error.message}.`;
}

function stop(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
