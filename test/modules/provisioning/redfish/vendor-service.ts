/** A Redfish service that answers as a vendor's does: some resources, and what it does otherwise than others. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RedfishAccess } from '../../../../modules/provisioning/redfish/access.ts';
import { endSessions } from '../../../../modules/provisioning/redfish/kept-clients.ts';
import { type Certificate, ownCertificate } from '../../../../src/cli/rack/redfish/certificate.ts';

export interface Told {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Said {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Resources = Record<string, Record<string, unknown>>;

export interface Vendor {
  /** What it has, by path. A PATCH changes it in here. */
  readonly resources: Resources;
  /** Answers in its own way; undefined: in the usual one. */
  answer?(told: Told, resources: Resources): Said | undefined | Promise<Said>;
}

export interface VendorService {
  readonly access: RedfishAccess;
  /** What it was told, save by whom. */
  readonly told: Told[];
  /** Forgets every session, as a BMC does that restarts. */
  forget(): void;
  close(): Promise<void>;
}

export const username = 'root';
export const password = 'calvin and hobbes';
export const sessionsPath = '/redfish/v1/SessionService/Sessions';

/** One for all: making it takes the longest. */
let certificate: Promise<Certificate> | null = null;

export async function startVendor(vendor: Vendor): Promise<VendorService> {
  certificate ??= makeCertificate();
  const { pem, fingerprint } = await certificate;
  const told: Told[] = [];
  const tokens = new Set<string>();
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const one = await read(request);
    told.push(one);
    const said = (await vendor.answer?.(one, vendor.resources)) ?? usual(one, vendor, tokens);
    const { status, headers = {}, body } = said;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
  }
  const server = createServer({ key: pem, cert: pem }, (request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    access: { host: '127.0.0.1', port, username, password, fingerprint },
    told,
    forget: () => tokens.clear(),
    async close() {
      await endSessions();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'redfish-'));
  try {
    return await ownCertificate(folder, 'bmc');
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function read(request: IncomingMessage): Promise<Told> {
  const sent = await text(request);
  const { method = '', url = '', headers } = request;
  return { method, path: url, headers, body: sent === '' ? {} : JSON.parse(sent) };
}

/** As the standard has it. */
function usual(told: Told, { resources }: Vendor, tokens: Set<string>): Said {
  const { method, path, body, headers } = told;
  if (method === 'POST' && path === sessionsPath) return signIn(told, tokens);
  if (path !== '/redfish/v1/' && !tokens.has(String(headers['x-auth-token'])))
    return refusal(401, 'NoValidSession');
  if (method === 'DELETE') return { status: 204 };
  const resource = resources[path];
  if (method === 'GET' && resource) return { status: 200, body: resource };
  if (method === 'PATCH' && resource) {
    resources[path] = merged(resource, body);
    return { status: 204 };
  }
  if (method === 'POST' && path.endsWith('/ComputerSystem.Reset'))
    return reset(resources, String(body.ResetType));
  return refusal(404, 'ResourceMissingAtURI');
}

function signIn({ body }: Told, tokens: Set<string>): Said {
  if (body.UserName !== username || body.Password !== password)
    return refusal(401, 'ResourceAtUriUnauthorized');
  const token = `token-${tokens.size}`;
  tokens.add(token);
  return { status: 201, headers: { 'x-auth-token': token, location: `${sessionsPath}/1` }, body: {} };
}

export function merged(resource: Record<string, unknown>, change: object): Record<string, unknown> {
  const result = { ...resource };
  for (const [name, value] of Object.entries(change)) {
    const old = result[name];
    const deep = typeof value === 'object' && value !== null && typeof old === 'object' && old !== null;
    result[name] = deep ? merged(old as Record<string, unknown>, value) : value;
  }
  return result;
}

function reset(resources: Resources, type: string): Said {
  const states: Readonly<Record<string, string>> = { On: 'On', ForceOff: 'Off', GracefulShutdown: 'Off' };
  for (const resource of Object.values(resources))
    if (resource.PowerState !== undefined) resource.PowerState = states[type] ?? resource.PowerState;
  return { status: 204 };
}

/** An error body, with one message or the texts of several. */
export function refusal(status: number, MessageId: string, Message = `${MessageId}.`): Said {
  const info = { MessageId, Message, Severity: 'Warning', Resolution: 'None.' };
  return {
    status,
    body: { error: { code: MessageId, message: 'See ExtendedInfo.', '@Message.ExtendedInfo': [info] } },
  };
}
