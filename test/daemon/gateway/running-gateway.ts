/** A gateway on a server of its own, with tickets from a map instead of a database. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket from 'ws';
import {
  defaultGatewaySettings,
  type Gateway,
  type GatewayDeps,
  type GatewaySettings,
  type TicketPurpose,
} from '../../../src/daemon/gateway/contract.ts';
import { createGateway } from '../../../src/daemon/gateway/gateway.ts';
import { silentLog } from '../../helpers/module-context.ts';
import { Screen } from './screen.ts';

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly port: number;
  /** Reservations that were noted as opened, in order. */
  readonly opened: number[];
  /** The path and query of a door, with a fresh ticket. */
  address(door: TicketPurpose, reservationId: number, query?: Record<string, string>): string;
  /** Opens a window; rejects with the HTTP status when it is refused. */
  open(path: string, headers?: Record<string, string>): Promise<Screen>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

type Overrides = Partial<Omit<GatewayDeps, 'settings'>> & { readonly settings?: Partial<GatewaySettings> };

export async function runGateway(overrides: Overrides = {}): Promise<RunningGateway> {
  const tickets = new Map<string, { purpose: TicketPurpose; reservationId: number }>();
  const opened: number[] = [];
  const gateway = createGateway({
    redeemTicket: async (ticket, purpose) => {
      const known = tickets.get(ticket);
      tickets.delete(ticket);
      return known?.purpose === purpose ? { userId: 1, reservationId: known.reservationId } : null;
    },
    accessOf: async () => null,
    consoleOf: async () => null,
    opened: async ({ reservationId }) => void opened.push(reservationId),
    publicUrl: 'https://labs.example.org',
    log: silentLog,
    ...overrides,
    settings: { ...defaultGatewaySettings, ...overrides.settings },
  });
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    if (!gateway.handle(request, response)) response.writeHead(418).end();
  });
  server.on('upgrade', (request, socket, head) => {
    if (!gateway.upgrade(request, socket, head)) socket.end('HTTP/1.1 418 Not here\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    gateway,
    port,
    opened,
    address(door, reservationId, query = {}) {
      const ticket = randomBytes(8).toString('hex');
      tickets.set(ticket, { purpose: door, reservationId });
      return `/gateway/${door}?${new URLSearchParams({ ticket, ...query }).toString()}`;
    },
    open: (path, headers = {}) => openWindow(`ws://127.0.0.1:${port}${path}`, headers),
    fetch: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init),
    async stop() {
      await gateway.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function openWindow(url: string, headers: Record<string, string>): Promise<Screen> {
  const socket = new WebSocket(url, { headers });
  const screen = new Screen(socket);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(screen));
    socket.once('unexpected-response', (_, response) => {
      response.resume();
      reject(new Error(`refused with ${response.statusCode}`));
    });
    socket.on('error', reject);
  });
}
