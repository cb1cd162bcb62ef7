/** Where a machine wants to go through the web proxy, and whether it may. */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Refusal } from './refusal.ts';

export interface Destination {
  /** A name or an address, as the machine asked, in the one form that URLs have. */
  readonly host: string;
  readonly port: number;
}

/** A destination whose addresses were looked up once, and checked; only these are connected to. */
export interface CheckedDestination extends Destination {
  /** None when the name is left to the operator's own proxy. */
  readonly addresses: readonly string[];
}

export interface DestinationRules {
  readonly ports: readonly number[];
  readonly mayReach: (address: string) => boolean;
  readonly resolveName: (name: string) => Promise<readonly string[]>;
  /** The operator's own proxy knows names that are not known here. */
  readonly hasUpstream: boolean;
}

/** `host:port` of CONNECT. Throws Refusal. */
export function destinationOfAuthority(authority: string): Destination {
  const url = `http://${authority}`;
  const isAuthority = /^[^/?#@\\\s]+:\d{1,5}$/.test(authority) && URL.canParse(url);
  if (!isAuthority) throw new Refusal(400, 'This is not an address to connect to.');
  return { host: hostOf(new URL(url)), port: Number(authority.slice(authority.lastIndexOf(':') + 1)) };
}

/** `http://host/...` of every other method. Throws Refusal. */
export function destinationOfUrl(address: string): { readonly url: URL; readonly destination: Destination } {
  if (!/^http:\/\//i.test(address) || !URL.canParse(address))
    throw new Refusal(400, 'This is a web proxy: it takes http:// addresses, and CONNECT for https.');
  const url = new URL(address);
  return { url, destination: { host: hostOf(url), port: Number(url.port || 80) } };
}

/** Looks the name up once and keeps what may be reached. Throws Refusal with the reason. */
export async function checkDestination(
  destination: Destination,
  rules: DestinationRules,
): Promise<CheckedDestination> {
  const { host, port } = destination;
  if (!rules.ports.includes(port))
    throw new Refusal(
      403,
      `Machines here reach the web on port ${rules.ports.join(' and ')} only, not ${port}.`,
    );
  const found = isIP(host) > 0 ? [host] : await rules.resolveName(host);
  if (found.length === 0 && !rules.hasUpstream) throw new Refusal(502, `There is no host named ${host}.`);
  const addresses = found.filter((address) => rules.mayReach(address));
  if (found.length > 0 && addresses.length === 0)
    throw new Refusal(403, `${host} is not on the public internet: machines here may not reach it.`);
  return { host, port, addresses };
}

/**
 * The domain name system's addresses, none when there are none. Not the system's own look-up: that reads this host's files
 * and blocks a thread of this process for as long as a slow name server likes.
 */
export async function resolvePublicName(name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return found.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
