/** Who asks: the machine that a socket belongs to, or whichever says its address, and the job that its token opens. */
import type { HttpRequest } from '../../../../../src/lib/http-server.ts';
import { readJob } from '../jobs/job.ts';
import type { Job } from '../jobs/kinds.ts';
import { macAddress } from '../metal-files.ts';
import { Refused } from './refused.ts';
import { type TokenState, tokenState } from './tokens.ts';

export const usedUp = 'this token is for another machine or another job, or was used already';

export interface Caller {
  readonly url: URL;
  readonly mac: string;
  /** By its machine's own socket: it is who it says. */
  readonly own: boolean;
}

/** `socketMac`: whose socket it came by; null on an address, where a machine is believed until it must show its token. */
export function callerOf(request: HttpRequest, socketMac: string | null): Caller {
  const url = new URL(request.url ?? '/', 'http://image-server');
  const mac = macAddress(url.searchParams.get('mac') ?? '');
  if (mac === null)
    throw new Refused(400, 'the address needs ?mac= with the MAC address of the network card');
  if (socketMac !== null && socketMac !== mac) throw new Refused(403, 'this is the way of another machine');
  return { url, mac, own: socketMac !== null };
}

/** Where a request came from; null for a socket. An IPv4 address is written as one. */
export function addressOf(request: HttpRequest): string | null {
  return request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null;
}

/** The job to be done now; null when there is none. */
export async function currentJob(directory: string, mac: string): Promise<Job | null> {
  const job = await readJob(directory, mac);
  return job !== null && job.mac === mac && Date.now() < job.expiresAt ? job : null;
}

/** The job that the request's token opens in one of these states. Refused (403) for any other token, and for none. */
export async function jobOfToken(
  directory: string,
  request: HttpRequest,
  { mac }: Caller,
  states: readonly TokenState[],
): Promise<Job> {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  const job = await currentJob(directory, mac);
  const state = job !== null && token !== undefined && (await tokenState(directory, job, token));
  if (state && states.includes(state)) return job;
  throw new Refused(403, usedUp);
}
