import type { DiscoveredView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';

export interface DiscoveredPage {
  /** Those that wait for a name, the newest first. */
  readonly waiting: readonly DiscoveredLine[];
  readonly ignored: readonly DiscoveredLine[];
  readonly mayName: boolean;
  /** Of the part of the page that changes; empty where it is sent alone. */
  readonly version: string;
}

interface DiscoveredLine {
  readonly id: number;
  readonly mac: string;
  readonly pool: string;
  readonly first: When;
  readonly last: When;
  readonly times: string;
  /** Where it is made a node. */
  readonly name: string;
}

export function discoveredPage(
  machines: readonly DiscoveredView[],
  clock: Clock,
  mayName: boolean,
): Omit<DiscoveredPage, 'version'> {
  const newest = machines.toSorted((a, b) => b.firstAt - a.firstAt || b.id - a.id);
  const lines = (ignored: boolean) =>
    newest.filter((one) => one.ignored === ignored).map((one) => lineOf(one, clock));
  return { waiting: lines(false), ignored: lines(true), mayName };
}

function lineOf({ id, mac, pool, firstAt, lastAt, times }: DiscoveredView, clock: Clock): DiscoveredLine {
  return {
    ...{ id, mac, pool, first: clock.when(firstAt), last: clock.precisely(lastAt) },
    times: times === 1 ? 'once' : `${times.toLocaleString('en')} times`,
    name: `/nodes/add?${new URLSearchParams({ pool, mac }).toString()}`,
  };
}
