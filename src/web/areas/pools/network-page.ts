/** The way that a machine takes to start from the network, drawn: who answers at each part of it, and what is missing. */
import { type NetworkPart, networkParts, type PoolCheck } from '../../../domain/contracts/provisioning.ts';
import type { PoolNetworkView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import { type CheckLine, checkLines, saysOfChecks } from './check-lines.ts';

export interface NetworkPage {
  readonly pool: { readonly name: string; readonly href: string };
  readonly action: string;
  readonly refusal: Refusal | null;
  /** What came of it, in a line. */
  readonly says: string;
  readonly checked: When | null;
  readonly every: string;
  readonly wrongSince: When | null;
  /** Drawn in their order; empty where there is nothing to draw. */
  readonly stations: readonly Station[];
  readonly checks: readonly CheckLine[];
}

/** One part of the way. */
export interface Station {
  readonly title: string;
  readonly result: 'fine' | 'warning' | 'wrong' | 'none';
  readonly icon: string;
  readonly word: string;
  /** Who answers. */
  readonly by: string;
}

const titles: Readonly<Record<NetworkPart, string>> = {
  machine: 'Machine',
  dhcp: 'DHCP',
  tftp: 'TFTP',
  http: 'HTTP',
  images: 'Image server',
  route: 'Route',
};

export function networkPage(network: PoolNetworkView, refusal: Refusal | null, clock: Clock): NetworkPage {
  const { pool, checks, checkedAt, wrongSince } = network;
  return {
    pool: { name: pool.name, href: `/pools/${pool.id}` },
    action: `/pools/${pool.id}/network`,
    refusal,
    says: saysOf(network),
    checked: checkedAt === null ? null : clock.when(checkedAt),
    every: inWords(network.everySeconds),
    wrongSince: wrongSince === null ? null : clock.when(wrongSince),
    stations: checks.length === 0 ? [] : networkParts.map((part) => station(part, checks)),
    checks: checkLines(checks),
  };
}

function saysOf({ checkedAt, underWay, checks, place }: PoolNetworkView): string {
  if (underWay) return `It is being checked. If this stays so: does the daemon of ${place} run?`;
  if (checkedAt === null) return `It was not checked yet: the daemon of ${place} does that when it runs.`;
  if (checks.length === 0)
    return 'Its machines reach the image server by sockets of their own: there is no network to check.';
  return saysOfChecks(checks);
}

function station(part: NetworkPart, checks: readonly PoolCheck[]): Station {
  const own = checkLines(checks.filter((check) => check.part === part));
  const worst =
    own.find(({ result }) => result === 'wrong') ?? own.find(({ result }) => result === 'warning') ?? own[0];
  const by = [...new Set(own.flatMap((check) => check.by ?? []))].join(', ');
  const title = titles[part];
  if (!worst) return { title, result: 'none', icon: 'clock', word: 'Not tried', by };
  const { result, icon, word } = worst;
  return { title, result, icon, word, by };
}

function inWords(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} seconds`;
  return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
}
