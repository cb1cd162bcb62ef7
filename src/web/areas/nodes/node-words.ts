import { type NodeState, nodeStates } from '../../../domain/states.ts';
import type { StateWord } from '../reservations/state-words.ts';

/** A node's state as word, colour and drawing; on a tile also as a letter. */
export interface NodeStateWord extends StateWord {
  readonly letter: string;
}

export const nodeStateWords: Readonly<Record<NodeState, NodeStateWord>> = {
  available: { word: 'Available', tone: 'ready', icon: 'check', letter: 'A' },
  reserved: { word: 'Reserved', tone: 'booked', icon: 'clock', letter: 'R' },
  reloading: { word: 'Reloading', tone: 'busy', icon: 'loading', letter: 'L' },
  inuse: { word: 'In use', tone: 'booked', icon: 'user', letter: 'U' },
  maintenance: { word: 'Maintenance', tone: 'quiet', icon: 'pause', letter: 'M' },
  failed: { word: 'Failed', tone: 'bad', icon: 'alert', letter: 'F' },
  host: { word: 'Host', tone: 'quiet', icon: 'machine', letter: 'H' },
  deprovisioning: { word: 'Being removed', tone: 'quiet', icon: 'end', letter: 'X' },
};

/** What needs somebody comes first. */
export const stateOrder: readonly NodeState[] = [
  ...(['failed', 'available', 'reserved', 'inuse', 'reloading', 'maintenance'] as const),
  ...nodeStates.filter((state) => state === 'host' || state === 'deprovisioning'),
];
