import type { MachineView, ReservationView } from '../../../services/views.ts';
import { sizeText } from '../../machine-size.ts';
import type { StateWord } from './state-words.ts';

/** One of several machines that are had together. */
export interface MachineLine {
  readonly name: string;
  readonly title: string;
  readonly node: string;
  /** For those who may look behind it. */
  readonly href: string | null;
  readonly size: string;
  readonly state: StateWord;
}

const words: Readonly<Record<MachineView['state'], StateWord>> = {
  waits: { word: 'Waits', tone: 'quiet', icon: 'clock' },
  loading: { word: 'Loading', tone: 'busy', icon: 'loading' },
  ready: { word: 'Ready', tone: 'ready', icon: 'check' },
  off: { word: 'Off', tone: 'bad', icon: 'power' },
  over: { word: 'Over', tone: 'quiet', icon: 'end' },
};

export function machineLines({ machines }: ReservationView, seesNodes: boolean): MachineLine[] {
  return machines.map(({ name, image, nodeId, nodeName, size, state }) => ({
    ...{ name, title: image.title, node: nodeName, size: sizeText(size), state: words[state] },
    href: seesNodes ? `/nodes/${nodeId}` : null,
  }));
}
