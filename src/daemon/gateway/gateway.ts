/**
 * The management node's own door: terminals, consoles and files of the machines it looks after, and the web for those whose
 * pool allows it. Pages come with a single-use ticket; the gateway knows neither sessions nor the database.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { abortable } from '../../lib/abortable.ts';
import { addressOf } from './admission.ts';
import { streamConsole } from './console-stream.ts';
import type { Gateway, GatewayDeps, TicketHolder } from './contract.ts';
import { createFilesDoor } from './files/files-door.ts';
import { OpenDoors } from './open-doors.ts';
import { Problem, sendProblem } from './problem.ts';
import { createProxies } from './proxy/proxies.ts';
import { openSocket, refuseSocket, type SocketDoor } from './socket-door.ts';
import type { TerminalWindow } from './terminal-window.ts';
import { Terminals } from './terminals.ts';

const restarts = new Problem(503, 'The service restarts. Please try again in a moment.');
const nothingHere = new Problem(404, 'There is nothing here.');
const prefix = '/gateway/';

export function createGateway(deps: GatewayDeps): Gateway {
  const terminals = new Terminals(deps);
  const consoles = new OpenDoors();
  const transfers = new OpenDoors();
  const proxies = createProxies(deps);
  const socketDoors = new Map<string, SocketDoor>([
    ['/gateway/terminal', { purpose: 'terminal', open: terminals.open.bind(terminals) }],
    ['/gateway/console', { purpose: 'console', open: consoleDoor(deps, consoles) }],
  ]);
  const handle = httpDoor(createFilesDoor(deps, transfers), socketDoors);
  let isClosing = false;
  const mayOpen = () => {
    if (isClosing) throw restarts;
  };

  return {
    handle(request, response) {
      const { pathname } = addressOf(request);
      if (!pathname.startsWith(prefix)) return false;
      if (isClosing) sendProblem(response, restarts);
      else handle(pathname, request, response);
      return true;
    },
    upgrade(request, socket, head) {
      const { pathname } = addressOf(request);
      if (!pathname.startsWith(prefix)) return false;
      const door = socketDoors.get(pathname);
      socket.on('error', () => socket.destroy());
      const opening = door
        ? openSocket(door, request, socket, head, deps, mayOpen)
        : Promise.reject(nothingHere);
      opening.catch((error: unknown) => refuseSocket(socket, error, deps));
      return true;
    },
    terminalsOf: (reservationId) => (terminals.windowsOf(reservationId) > 0 ? 'yes' : 'no'),
    closeTerminals(reservationId, reason) {
      terminals.close(reservationId, reason);
      for (const doors of [consoles, transfers]) doors.close(reservationId, new Problem(409, reason));
    },
    people: () => [...new Set([terminals, consoles, transfers].flatMap((doors) => doors.people()))],
    closePerson(userId, reason) {
      terminals.closePerson(userId, reason);
      for (const doors of [consoles, transfers]) doors.closePerson(userId, new Problem(403, reason));
    },
    say: (reservationId, sentence) => terminals.say(reservationId, sentence),
    listenProxy: proxies.listen,
    closeProxy: proxies.close,
    async close() {
      isClosing = true;
      terminals.shutDown();
      consoles.closeAll(restarts);
      await drain(transfers, deps.settings.drainSeconds);
      await proxies.closeAll();
    },
  };
}

type HttpDoor = (pathname: string, request: IncomingMessage, response: ServerResponse) => void;

function httpDoor(
  files: (request: IncomingMessage, response: ServerResponse) => void,
  socketDoors: ReadonlyMap<string, SocketDoor>,
): HttpDoor {
  return (pathname, request, response) => {
    if (pathname === '/gateway/files') files(request, response);
    else if (!socketDoors.has(pathname)) sendProblem(response, nothingHere);
    else sendProblem(response, new Problem(426, 'This is a WebSocket address.'));
  };
}

function consoleDoor(deps: GatewayDeps, consoles: OpenDoors): SocketDoor['open'] {
  return (of: TicketHolder, window: TerminalWindow) => {
    const { signal: access, leave } = consoles.enter(of);
    const closed = new AbortController();
    window.onClose(() => closed.abort());
    access.addEventListener('abort', () => window.end((access.reason as Error).message), { once: true });
    const signal = AbortSignal.any([access, closed.signal]);
    void streamConsole({ ...deps, of, window, signal }).finally(leave);
  };
}

/** Files under way get so many seconds, then they are cut. */
async function drain(transfers: OpenDoors, seconds: number): Promise<void> {
  await abortable(transfers.empty(), AbortSignal.timeout(seconds * 1_000)).catch(() => undefined);
  transfers.closeAll(restarts);
  await transfers.empty();
}
