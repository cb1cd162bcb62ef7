/** What machines ask of the image server. */
import { join } from 'node:path';
import {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  sendFile,
  sendText,
} from '../../../../../src/lib/http-server.ts';
import { bootLoaders } from '../../../../../src/lib/images/boot-loaders.ts';
import { cardOf } from '../../../../../src/lib/neighbours.ts';
import { butNothingSigned } from '../fits.ts';
import { appendReport } from '../jobs/job-log.ts';
import { kindOf } from '../jobs/kinds.ts';
import { agentScript, localDisk, waitForStart } from './boot-script.ts';
import { addressOf, type Caller, callerOf, currentJob, usedUp } from './caller.ts';
import { readConfig } from './config.ts';
import { Refused } from './refused.ts';
import { noteSeen } from './seen-machines.ts';
import { serveAgent } from './serve-agent.ts';
import { awaitsAgent, drawToken, tokenState } from './tokens.ts';

/** How machines name the server: it stands in a boot script, so nothing else may. */
const hostShape = /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i;

/** Answers requests that came by a machine's own socket, or (`null`) by the address. */
export function machineDoor(directory: string, socketMac: string | null): HttpHandler {
  return async (request, response) => {
    try {
      if (await serveLoader(directory, request, response)) return;
      const caller = callerOf(request, socketMac);
      if (!(await serve(directory, caller, request, response)))
        sendText(response, 404, 'there is nothing here\n');
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      sendText(response, error.status, `${error.message}\n`);
    }
  };
}

/** The firmware itself asks, which names nobody. */
async function serveLoader(
  directory: string,
  { url = '', method }: HttpRequest,
  response: HttpResponse,
): Promise<boolean> {
  const name = Object.values(bootLoaders).find((each) => url === `/loaders/${each}`);
  if (name === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  const { loaders } = await readConfig(directory);
  if (loaders === null) return false;
  await sendFile(response, join(loaders, name));
  return true;
}

async function serve(
  directory: string,
  caller: Caller,
  request: HttpRequest,
  response: HttpResponse,
): Promise<boolean> {
  const asked = `${request.method} ${caller.url.pathname}`;
  if (asked === 'GET /boot.ipxe') {
    sendText(response, 200, await bootScript(directory, caller, request));
  } else if (asked === 'GET /refused.ipxe') {
    await noteRefused(directory, caller);
    sendText(response, 200, '#!ipxe\n');
  } else if (asked === 'GET /agent/kernel') {
    await sendFile(response, (await readConfig(directory)).kernel);
  } else if (asked === 'GET /agent/initramfs') {
    await sendFile(response, (await readConfig(directory)).initramfs);
    const job = await currentJob(directory, caller.mac);
    if (job && (await awaitsAgent(directory, job))) await appendReport(directory, job, { phase: 'system' });
  } else return await serveAgent(directory, caller, request, response);
  return true;
}

/** The agent for a machine with a job that none took yet; for every other its own disk. */
async function bootScript(directory: string, caller: Caller, request: HttpRequest): Promise<string> {
  const { host = '' } = request.headers;
  const { mac, own } = caller;
  if (!hostShape.test(host)) throw new Refused(400, 'the request names no host');
  const job = await currentJob(directory, mac);
  const again = job !== null && kindOf(job).again === true;
  if (again && !own) await mustHaveCard(mac, request);
  const token = job === null ? null : await drawToken(directory, job, again && own);
  await noteSeen(directory, mac, job === null || token === null ? 'its own disk' : job.artefact);
  if (job === null || token === null) return again ? waitForStart : localDisk;
  await appendReport(directory, job, { phase: 'script' });
  const { console } = await readConfig(directory);
  return agentScript({ server: `http://${host}`, mac, token, console });
}

/** The machine's firmware has the agent and does not start it. */
async function noteRefused(directory: string, { mac, url }: Caller): Promise<void> {
  const job = await currentJob(directory, mac);
  const token = url.searchParams.get('token') ?? '';
  if (job === null || (await tokenState(directory, job, token)) !== 'drawn') throw new Refused(403, usedUp);
  const says = `its firmware refused to start the imaging agent: Secure Boot is probably on${butNothingSigned}`;
  await appendReport(directory, job, { phase: 'failed', code: 'unfit', says });
}

/** A disk with what its person wrote is for the card alone that the kernel knows the caller's address by. */
async function mustHaveCard(mac: string, request: HttpRequest): Promise<void> {
  if ((await cardOf(addressOf(request) ?? '')) === mac) return;
  throw new Refused(
    403,
    'what this machine starts from is for its own card, on the network of the image server',
  );
}
