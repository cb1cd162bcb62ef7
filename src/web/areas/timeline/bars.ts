/** What is held of a node, as bars of its line. */
import type { Window } from '../../../domain/time.ts';
import type { AllocationView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';

/** How a bar looks: told apart by pattern and words, not by colour alone. */
export const barKinds = {
  now: 'In use',
  coming: 'Booked',
  block: 'Class',
  offer: 'Offered',
  maintenance: 'Maintenance',
  schedule: 'Closed',
  service: 'Service',
  over: 'Over',
  failed: 'Failed',
} as const;
export type BarKind = keyof typeof barKinds;

/** Where it lies, in parts of the line's width: "12.5%". */
export interface Part {
  readonly x: string;
  readonly width: string;
}

export interface Bar extends Part {
  readonly id: number;
  readonly kind: BarKind;
  /** Of the bar: what was booked, without the load before it and the clean-up after it. */
  readonly core: Part;
  /** Null where there is no room for it. */
  readonly text: string | null;
  /** All of it, for who points at it or does not see it. */
  readonly says: string;
}

export function barOf(held: AllocationView, window: Window, clock: Clock): Bar {
  const [from, until] = within(held.from, held.until, window);
  const [start, end] = within(held.start, held.end, { from, until });
  const text = textOf(held);
  return {
    ...{ id: held.id, kind: kindOf(held), ...partOf(from, until, window) },
    core: partOf(start, end, { from, until }),
    text: (until - from) / (window.until - window.from) < leastForText ? null : text,
    says: `${text}, ${clock.when(held.start).text} to ${clock.when(held.end).text}`,
  };
}

/** Of the line's width. */
const leastForText = 0.03;

function within(from: number, until: number, window: Window): [number, number] {
  const start = Math.min(Math.max(from, window.from), window.until);
  return [start, Math.max(start, Math.min(until, window.until))];
}

function partOf(from: number, until: number, window: Window): Part {
  const whole = Math.max(1, window.until - window.from);
  return { x: percent((from - window.from) / whole), width: percent((until - from) / whole) };
}

/** A share as SVG writes it. */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(3))}%`;
}

export function kindOf({ purpose, state, reservationId }: AllocationView): BarKind {
  if (purpose === 'maintenance' || purpose === 'schedule' || purpose === 'service') return purpose;
  if (state === 'failed') return 'failed';
  if (state === 'released') return 'over';
  if (state !== 'held') return 'now';
  if (purpose === 'block') return reservationId === null ? 'block' : 'coming';
  return purpose === 'offer' ? 'offer' : 'coming';
}

/** "Closed: Lab hours", "Class: Physics 1, Debian 12", "ann: Debian 12". */
export function textOf(held: AllocationView): string {
  const { user, image, of } = held;
  const kind = kindOf(held);
  const who = user === null ? [] : [user];
  const what = [...(of === null ? [] : [of.title]), ...who, ...(image === null ? [] : [image])].join(', ');
  const word = kind === 'coming' || kind === 'now' ? (of === null ? '' : 'Class') : barKinds[kind];
  return [word, what].filter((part) => part !== '').join(': ');
}
