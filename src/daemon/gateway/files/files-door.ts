/**
 * `/gateway/files`: PUT sends a file into the person's home or a folder of it (`name`, `folder`); GET lists a `folder`,
 * brings a file (`path`), or a folder as an `archive` (`.` for the whole home).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf, admit, checkOrigin, noteOpened } from '../admission.ts';
import type { GatewayDeps, PersonAccess } from '../contract.ts';
import type { OpenDoors } from '../open-doors.ts';
import { Problem, sendProblem } from '../problem.ts';
import { machineOff, reservationEnded } from '../reach-shell.ts';
import { Turns } from '../turns.ts';
import { sendFile } from './download.ts';
import { listFolder } from './list-folder.ts';
import { checkFolder, checkName, checkPath } from './names.ts';
import { onMachine, type PersonMachine } from './person-files.ts';
import { sendArchive } from './send-archive.ts';
import { checkLength, receiveFile } from './upload.ts';

const mostAtOnce = 4;

/** Answers requests; each is told to `doors`, so that it ends when the reservation's access is closed. */
export function createFilesDoor(
  deps: GatewayDeps,
  doors: OpenDoors,
): (request: IncomingMessage, response: ServerResponse) => void {
  const turns = new Turns(mostAtOnce);
  return (request, response) => {
    serve(request, response, deps, doors, turns).catch((error: unknown) => {
      const problem = asProblem(error, request, deps);
      // What still comes is read and forgotten, so that the browser takes the answer instead of a broken connection.
      request.resume();
      sendProblem(response, problem);
    });
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  deps: GatewayDeps,
  doors: OpenDoors,
  turns: Turns,
): Promise<void> {
  const { searchParams: query } = addressOf(request);
  const work = workOf(request, response, query, deps);
  checkOrigin(request, deps.publicUrl);
  const of = await admit(query, 'files', deps);
  const { reservationId } = of;
  const door = doors.enter(of);
  const signal = AbortSignal.any([door.signal, goneSignal(response)]);
  try {
    await noteOpened(of, deps);
    const access = await deps.accessOf(of);
    if (access === 'ended') throw new Problem(409, reservationEnded);
    if (access === 'off') throw new Problem(409, machineOff);
    if (!access) throw new Problem(409, 'The machine is not ready yet.');
    await turns.take(reservationId, signal, () => {
      const idle = idleSignal(response, deps.settings.transferIdleSeconds);
      return onMachine(access, AbortSignal.any([signal, idle]), (machine) => work(machine, access));
    });
  } finally {
    door.leave();
  }
}

type Work = (machine: PersonMachine, access: PersonAccess) => Promise<void>;

/** What is asked for; throws Problem before the ticket is used when it cannot be. */
function workOf(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  { settings }: GatewayDeps,
): Work {
  const folder = checkFolder(query.get('folder'));
  if (request.method === 'PUT') {
    const name = checkName(query.get('name'));
    checkLength(request, settings.uploadBytes);
    return async (machine) =>
      sendJson(response, 201, await receiveFile(machine, { folder, name }, request, settings.uploadBytes));
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new Problem(405, 'Files are sent with PUT and brought with GET.');
  const [path, archive] = [query.get('path'), query.get('archive')];
  if (path !== null) {
    const file = checkPath(path);
    return (machine) => sendFile(machine, file, request, response);
  }
  if (archive === null) return async (machine) => sendJson(response, 200, await listFolder(machine, folder));
  const packed = checkFolder(archive);
  return (machine, { username }) => sendArchive(machine, packed, `${username}-home`, response);
}

/** Fires when the browser goes away, and when all is answered. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Problem(499, 'The browser went away.')));
  return gone.signal;
}

/** Fires when nothing moves between the browser and here for too long. */
function idleSignal(response: ServerResponse, seconds: number): AbortSignal {
  const idle = new AbortController();
  response.setTimeout(seconds * 1_000, () => idle.abort(new Problem(408, 'Nothing moved for too long.')));
  return idle.signal;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function asProblem(error: unknown, request: IncomingMessage, { log }: GatewayDeps): Problem {
  if (error instanceof Problem) return error;
  if (request.socket.destroyed) return new Problem(499, 'The browser went away.', { cause: error });
  log.error({ error, method: request.method }, 'files door failed');
  return new Problem(500, 'Something went wrong on our side.');
}
