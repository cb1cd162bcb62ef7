import { type LoadPhase, loadOutcomes, loadPhases, phaseTitles } from '../../../domain/load-phases.ts';
import type { LoadsView, LoadView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';
import { type AskedList, addressOf, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { outcomeWords } from '../../load-bar.ts';
import { type StateChip, stateChips } from '../../state-chips.ts';
import { type LoadLine, loadLine } from './load-line.ts';

type Filter = 'state' | 'node' | 'image' | 'pool' | 'slower';

export const loadsList: ListKind<'at', Filter> = {
  path: '/loads',
  sorts: ['at'],
  sort: '-at',
  filters: ['state', 'node', 'image', 'pool', 'slower'],
  perPage: 50,
};

export interface LoadsPage {
  readonly list: ListFrame<'at', Filter>;
  readonly rows: readonly LoadLine[];
  readonly states: readonly StateChip[];
  readonly pools: readonly string[];
  /** What each colour stands for. */
  readonly phaseTitles: Readonly<Record<LoadPhase, string>>;
  /** Only those that took longer than usual, or all again. */
  readonly slower: { readonly href: string; readonly here: boolean };
}

export function loadsPage(asked: AskedList<'at', Filter>, found: LoadsView, clock: Clock): LoadsPage {
  const { filter } = asked;
  const here = filter.slower !== '';
  return {
    list: listFrame(loadsList, asked, found.total),
    rows: found.items.map((load) => loadLine(load, clock)),
    states: stateChips(loadsList, filter, {
      states: loadOutcomes,
      words: outcomeWords,
      counts: found.states,
    }),
    pools: found.pools,
    phaseTitles,
    slower: { here, href: addressOf(loadsList, { ...filter, slower: here ? '' : '1' }) },
  };
}

export const loadHeads = [
  ...['id', 'node', 'pool', 'image', 'model', 'why', 'outcome', 'began', 'milliseconds'],
  ...loadPhases.map((phase) => `${phase}Ms`),
  ...['writtenBytes', 'slower', 'failure', 'reservation'],
];

export function loadCells(load: LoadView): (string | number | null)[] {
  const of = (wanted: string) => load.phases.filter(({ phase }) => phase === wanted);
  const time = (wanted: string) => {
    const parts = of(wanted);
    return parts.length === 0 ? null : parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  };
  const { id, node, pool, image, model, why, outcome, at, milliseconds, slower, failure } = load;
  return [
    ...[id, node.name, pool, image, model, why, outcome, new Date(at).toISOString(), milliseconds],
    ...loadPhases.map(time),
    of('write')[0]?.bytes ?? null,
    slower.map(({ phase }) => phase).join(' '),
    ...[failure, load.reservation?.id ?? null],
  ];
}
