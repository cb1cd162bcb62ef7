/** The Redfish service of a rack's machine: the request's journey, top to bottom. Source: DSP0266. */
import { createHash } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { patchLamp, patchSystem, resetSystem } from './changes.ts';
import { RedfishProblem } from './problem.ts';
import { paths, resourceAt, root, type ServiceState } from './resources.ts';

export function redfishService(state: ServiceState): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(express.json({ limit: '64kb' }));
  app.use((request, response, next) => {
    response.set({ 'odata-version': '4.0', 'cache-control': 'no-store' });
    if (!isOpen(request)) state.sessions.admit(request);
    next();
  });

  app.get('/redfish', (_request, response) => void response.json({ v1: `${root}/` }));
  app.post(paths.sessions, (request, response) => openSession(request, response, state));
  app.delete(`${paths.sessions}/:id`, (request, response) => {
    if (!state.sessions.end(request.params.id)) throw missing(request);
    response.status(204).end();
  });
  app.post(paths.reset, async (request, response) => {
    await resetSystem(request.body, state);
    response.status(204).end();
  });
  app.patch(paths.system, (request, response) => change(request, response, state, patchSystem));
  app.patch(`${root}/Chassis/1`, (request, response) => change(request, response, state, patchLamp));
  app.get(/.*/, async (request, response) => send(response, await read(request, state)));
  app.use(async (request) => {
    await read(request, state);
    throw new RedfishProblem('OperationNotAllowed', `${request.method} is not allowed at ${request.path}.`);
  });
  app.use(answerProblem);
  return app;
}

/** Anybody may see what speaks here, and sign in. */
function isOpen({ method, path }: Request): boolean {
  if (method === 'POST') return path === paths.sessions;
  return method === 'GET' && ['/redfish', root].includes(withoutSlash(path));
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

async function read(request: Request, state: ServiceState): Promise<object> {
  const path = withoutSlash(request.path);
  const resource = path.startsWith(root) ? await resourceAt(path.slice(root.length), state) : null;
  if (!resource) throw missing(request);
  return resource;
}

function missing({ path }: Request): RedfishProblem {
  return new RedfishProblem('ResourceMissingAtURI', `There is no resource at ${path}.`);
}

function send(response: Response, resource: object): void {
  response.set('etag', etagOf(resource)).json(resource);
}

function etagOf(resource: object): string {
  return `"${createHash('sha256').update(JSON.stringify(resource)).digest('hex').slice(0, 16)}"`;
}

/** Only what somebody has seen as it is may be changed. */
async function change(
  request: Request,
  response: Response,
  state: ServiceState,
  apply: (body: unknown, state: ServiceState) => void | Promise<void>,
): Promise<void> {
  const wanted = request.get('if-match');
  const etag = etagOf(await read(request, state));
  if (wanted === undefined)
    throw new RedfishProblem('PreconditionRequired', 'If-Match with the ETag of the resource is required.');
  if (wanted !== '*' && wanted !== etag)
    throw new RedfishProblem('PreconditionFailed', 'The resource has changed since its ETag was read.');
  await apply(request.body, state);
  send(response, await read(request, state));
}

const credentials = z.object({ UserName: z.string(), Password: z.string() });

async function openSession(request: Request, response: Response, state: ServiceState): Promise<void> {
  const { UserName, Password } = credentials.safeParse(request.body).data ?? {};
  const { id, token } = state.sessions.open(UserName, Password);
  const resource = await resourceAt(`/SessionService/Sessions/${id}`, state);
  response
    .status(201)
    .set({ 'x-auth-token': token, location: `${paths.sessions}/${id}` })
    .json(resource);
}

/** Express tells an error handler by its four parameters. */
const answerProblem: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const problem = error instanceof RedfishProblem ? error : asProblem(error);
  if (problem.status === 401) response.set('www-authenticate', 'Basic realm="Redfish"');
  response.status(problem.status).json(problem.body());
};

function asProblem(error: unknown): RedfishProblem {
  const fromBody = z.object({ type: z.string(), status: z.number() }).safeParse(error).success;
  if (fromBody) return new RedfishProblem('MalformedJSON', 'The body is not JSON, or too large.');
  const why = error instanceof Error ? error.message : String(error);
  return new RedfishProblem('InternalError', `The machine could not be asked: ${why}`);
}
