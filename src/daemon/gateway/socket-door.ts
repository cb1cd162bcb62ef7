/** Opens WebSockets: first the page's origin and its ticket, then the window. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { addressOf, admit, checkOrigin, noteOpened } from './admission.ts';
import type { GatewayDeps, TicketHolder } from './contract.ts';
import { Problem, refuseUpgrade } from './problem.ts';
import { TerminalWindow } from './terminal-window.ts';

export interface SocketDoor {
  readonly purpose: 'terminal' | 'console';
  open(holder: TicketHolder, window: TerminalWindow, query: URLSearchParams): void;
}

const mostMessageBytes = 1024 * 1024;
const sockets = new WebSocketServer({
  noServer: true,
  maxPayload: mostMessageBytes,
  perMessageDeflate: false,
});

/** `mayOpen` is asked last, when everything that takes time is done; it throws Problem. */
export async function openSocket(
  door: SocketDoor,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  deps: GatewayDeps,
  mayOpen: () => void,
): Promise<void> {
  const { searchParams } = addressOf(request);
  checkOrigin(request, deps.publicUrl);
  const holder = await admit(searchParams, door.purpose, deps);
  if (door.purpose === 'terminal') await noteOpened(holder, deps);
  mayOpen();
  sockets.handleUpgrade(request, socket, head, (client: WebSocket) => {
    door.open(holder, new TerminalWindow(client), searchParams);
  });
}

/** Answers an upgrade that is not done with the reason. */
export function refuseSocket(socket: Duplex, error: unknown, { log }: GatewayDeps): void {
  if (error instanceof Problem) refuseUpgrade(socket, error);
  else {
    log.error({ error }, 'WebSocket could not be opened');
    refuseUpgrade(socket, new Problem(500, 'Something went wrong on our side.'));
  }
}
