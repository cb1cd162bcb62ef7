/** Racks as they stand in the room: what is in each unit, from the top. */

import { counted } from '../../../domain/counted.ts';
import { phaseTitles } from '../../../domain/load-phases.ts';
import type { LoadView, NodeView } from '../../../services/views.ts';
import { loadBar, type Segment } from '../../load-bar.ts';
import type { StateWord } from '../reservations/state-words.ts';
import { nodeStateWords, stateOrder } from './node-words.ts';

export interface RackCard {
  /** For its anchor. */
  readonly key: string;
  readonly title: string;
  /** "40 machines, 3 reloading, 1 failed". */
  readonly says: string;
  /** It has units; else its machines are listed one below the other. */
  readonly placed: boolean;
  /** From the top; several machines may share a unit. */
  readonly units: readonly { readonly number: number | null; readonly slots: readonly Slot[] }[];
}

/** One machine in its place. */
export interface Slot {
  readonly id: number;
  readonly name: string;
  readonly tone: StateWord['tone'];
  readonly off: boolean;
  /** "Writing 43 %", "student", "Failed: its disk is full". */
  readonly says: string;
  /** All of it, where there is no room for it. */
  readonly title: string;
  /** How far its load is against the usual one; empty while none runs. */
  readonly load: readonly Segment[];
}

export interface RacksPart {
  readonly racks: readonly RackCard[];
  /** The stream of what changes, and of each part that does its version. */
  readonly live: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The pages of the networks that machines start from. */
  readonly networks: readonly { readonly label: string; readonly href: string }[];
}

/** What a rack has at least, so that it looks like one. */
const sizes = [12, 24, 42, 48, 60] as const;

/** Those that stand in a rack by its name, then those that do not by their pool's. */
export function racksOf(nodes: readonly NodeView[], loads: readonly LoadView[]): RackCard[] {
  const running = new Map(loads.map((load) => [load.node.id, load]));
  const groups = new Map<string, NodeView[]>();
  for (const node of nodes) {
    const key = node.rack === null ? `2 ${node.pool}` : `1 ${node.rack}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.entries()]
    .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([key, mine], index) => rackCard(`rack-${index + 1}`, mine, key.startsWith('1'), running));
}

function rackCard(
  key: string,
  nodes: readonly NodeView[],
  placed: boolean,
  running: ReadonlyMap<number, LoadView>,
): RackCard {
  const slot = (node: NodeView) => slotOf(node, running.get(node.id) ?? null);
  const [first] = nodes;
  const title = (placed ? first?.rack : first?.pool) ?? '';
  const highest = Math.max(...nodes.map(({ unit }) => unit ?? 0));
  const size = sizes.find((one) => one >= highest) ?? highest;
  const at = (unit: number | null) => nodes.filter((node) => node.unit === unit).map(slot);
  const numbered = Array.from({ length: highest > 0 ? size : 0 }, (_, index) => size - index);
  const loose = nodes.filter(({ unit }) => unit === null);
  return {
    ...{ key, title, placed },
    says: [counted(nodes.length, 'machine'), ...countsOf(nodes)].join(' · '),
    units: [
      ...numbered.map((number) => ({ number, slots: at(number) })),
      ...loose.map((node) => ({ number: null, slots: [slot(node)] })),
    ],
  };
}

/** "3 reloading", "1 failed": what is not simply free. */
function countsOf(nodes: readonly NodeView[]): string[] {
  return stateOrder.flatMap((state) => {
    const n = nodes.filter((node) => node.state === state).length;
    return n > 0 && state !== 'available' ? [`${n} ${nodeStateWords[state].word.toLowerCase()}`] : [];
  });
}

export function slotOf(node: NodeView, load: LoadView | null): Slot {
  const { id, name, state, power, failure, user, image } = node;
  const word = nodeStateWords[state];
  const off = power === 'off' || power === 'crashed';
  const says = load ? progressOf(load) : quietly(node, word.word);
  return {
    ...{ id, name, off, says },
    tone: load ? 'busy' : word.tone,
    title: [word.word, user, image, off ? 'switched off' : null, failure, load?.step]
      .filter((part) => part !== null && part !== undefined)
      .join(' · '),
    load: load ? loadBar(load).segments : [],
  };
}

/** "Writing 43 %". */
function progressOf({ phases, fraction, image }: LoadView): string {
  const phase = phases.at(-1)?.phase ?? 'prepare';
  const percent =
    fraction === null || phase !== 'write' ? '' : ` ${Math.min(99, Math.round(fraction * 100))} %`;
  return `${phaseTitles[phase]}${percent} · ${image}`;
}

function quietly({ state, user, failure, power, because }: NodeView, word: string): string {
  if (state === 'failed') return failure === null ? word : `${word}: ${failure}`;
  if (state === 'maintenance') return because === null ? word : `${word}: ${because}`;
  const who = user === null ? word : state === 'inuse' ? user : `${word}: ${user}`;
  return power === 'off' ? `${who}, off` : who;
}
