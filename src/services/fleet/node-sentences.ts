/** What people read of a node; rows hold facts only. */

import { phaseTitles, type SlowerPhase } from '../../domain/load-phases.ts';
import { inWords } from '../../domain/time.ts';
import { nodeActionTitles } from '../node-services.ts';

type Facts = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const works: Readonly<Record<string, string>> = {
  new: 'Being got ready for a booking',
  reload: 'Being cleaned and loaded',
  reinstall: 'Being installed anew',
  reboot: 'Being rebooted',
  power: 'Being switched',
  commission: 'Being taken into service',
  inspect: 'Being looked at and burnt in',
  tomaintenance: 'Going out of service',
  image: 'Being captured',
  checkpoint: 'Being captured',
  deleted: 'Being taken back',
  timeout: 'Being taken back',
};

/** What a task does with a node. */
export function workTitle(action: string): string {
  return works[action] ?? 'Being worked on';
}

const whys: Readonly<Record<string, string>> = {
  new: 'for a booking',
  reinstall: 'installed anew',
  reload: 'cleaned and loaded',
};

/** Why a node was loaded. */
export function loadWhy(action: string | null): string {
  return whys[action ?? ''] ?? 'loaded';
}

const asked: Readonly<Record<string, string>> = nodeActionTitles;

const events: Readonly<Record<string, (facts: Facts) => string>> = {
  'node-order': ({ action, when, reason, image }) => {
    const time = when === 'after' ? ' after this reservation' : when === 'now' ? ' at once' : '';
    return `${asked[text(action)] ?? text(action)}${text(image) ? ` with ${text(image)}` : ''}${time}${text(reason) ? `: ${text(reason)}` : ''}`;
  },
  'node-placed': ({ rack, unit }) =>
    text(rack)
      ? `Stands in ${text(rack)}${typeof unit === 'number' ? `, unit ${unit}` : ''}`
      : 'Stands in no rack',
  'node-added': () => 'Added',
  'hardware-changed': () => 'Its BMC or its address was entered anew',
  'console-opened': () => 'Its console was looked at',
  commissioned: () => 'Taken into service',
  'node-commissioned': ({ passed, because }) =>
    passed === true ? 'Commissioned: every part passed' : `Commissioned, and did not pass: ${text(because)}`,
  'inventory-changed': ({ changes }) => `Its hardware changed: ${(changes as readonly string[]).join(' ')}`,
  assigned: () => 'Assigned to a booking',
  loaded: ({ image }) => `Loaded with ${text(image)}`,
  'load-slower': ({ image, slower }) =>
    `Loading ${text(image)} took longer than usual: ${slowerText(slower)}`,
  cleaned: ({ disks }) => `Cleaned: ${Number(disks) === 1 ? 'its disk' : `its ${Number(disks)} disks`}`,
  'clean-failed': ({ failed }) => `Cleaning failed: ${(failed as readonly string[]).join(', ')}`,
  'bmc-silent': ({ because }) => `Its BMC does not answer: ${text(because)}`,
  'bmc-answers': ({ back }) => `Its BMC answers again${back === true ? ', and it is in order' : ''}`,
  'bmc-changed': ({ ways }) => `Its BMC is not as it was: ${(ways as readonly string[]).join('; ')}`,
  'power-differs': ({ was, is, to }) =>
    `Somebody else switched it: it was ${text(was)}, and is ${text(is)}${to === null ? '' : `; it is switched ${text(to)}`}`,
  'node-clean': () => 'Clean and free',
  'node-failed': ({ because }) => `Failed: ${text(because)}`,
  'out-of-service': () => 'Out of service',
  failed: ({ because }) => `Failed: ${text(because)}`,
  moved: ({ because }) => `A booking was moved: ${text(because)}`,
  'powered-on': ({ crashed }) => (crashed === true ? 'Went down and was started again' : 'Switched on'),
  ready: () => 'Ready for its person',
  captured: ({ image, number }) => `Captured as ${text(image)}, revision ${Number(number)}`,
  'capture-failed': ({ because }) => `The capture did not succeed: ${text(because)}`,
};

/** "Firmware 34 s instead of 17 s". */
function slowerText(slower: unknown): string {
  return (slower as readonly SlowerPhase[])
    .map(
      ({ phase, milliseconds, usual }) =>
        `${phaseTitles[phase]} ${inWords(milliseconds)} instead of ${inWords(usual)}`,
    )
    .join(', ');
}

/** One line of a node's history; null for what is not for people. */
export function nodeEventText(kind: string, facts: Facts): string | null {
  return events[kind]?.(facts) ?? null;
}
