import type { TimelineRow, TimelineView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';
import { type AskedList, addressOf, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { type StateChip, stateChips } from '../../state-chips.ts';
import { type NodeStateWord, nodeStateWords, stateOrder } from '../nodes/node-words.ts';
import { type Bar, type BarKind, barKinds, barOf, kindOf, percent } from './bars.ts';
import { type Span, spanNames, spanTitles, spanWord } from './span.ts';

type Filter = 'search' | 'state' | 'pool' | 'rack' | 'image' | 'person' | 'only' | 'span' | 'from';

export const timelineList: ListKind<'name', Filter> = {
  path: '/timeline',
  sorts: ['name'],
  sort: 'name',
  filters: ['search', 'state', 'pool', 'rack', 'image', 'person', 'only', 'span', 'from'],
  perPage: 50,
};

interface Link {
  readonly label: string;
  readonly href: string;
  readonly here: boolean;
}

export interface TimelinePage {
  readonly list: ListFrame<'name', Filter>;
  /** Some nodes are filtered away. */
  readonly filtered: boolean;
  /** Address of all nodes in the same time. */
  readonly all: string;
  readonly spans: readonly Link[];
  /** The time that is shown. */
  readonly title: string;
  /** What the field says when it begins. */
  readonly from: string;
  readonly zoneName: string;
  readonly ways: { readonly before: string; readonly now: string; readonly next: string };
  readonly marks: readonly {
    readonly x: string;
    readonly label: string | null;
    readonly strong: boolean;
  }[];
  /** Where now is; null outside of it. */
  readonly now: string | null;
  readonly rows: readonly TimelineLine[];
  readonly states: readonly StateChip[];
  readonly pools: readonly string[];
  readonly onlys: readonly { readonly value: string; readonly label: string }[];
  readonly legend: readonly { readonly kind: BarKind; readonly title: string }[];
}

interface TimelineLine {
  readonly id: number;
  readonly name: string;
  readonly state: NodeStateWord;
  readonly bars: readonly Bar[];
}

const onlys = [
  { value: '', label: 'Busy and free' },
  { value: 'busy', label: 'Only busy' },
  { value: 'free', label: 'Only free' },
] as const;

export function timelinePage(
  asked: AskedList<'name', Filter>,
  span: Span,
  found: TimelineView,
  clock: Clock,
): TimelinePage {
  const filter = { ...asked.filter, span: spanWord(span.name) };
  const { span: _span, from: _from, ...nodes } = filter;
  const to = (over: Partial<Record<Filter, string>>) => addressOf(timelineList, { ...filter, ...over });
  const share = (at: number) => percent((at - span.from) / (span.until - span.from));
  return {
    list: listFrame(timelineList, { ...asked, filter }, found.total),
    filtered: Object.values(nodes).some((value) => value !== ''),
    all: addressOf(timelineList, { span: filter.span, from: filter.from }),
    spans: spanNames.map((name) => ({
      label: spanTitles[name],
      href: to({ span: spanWord(name) }),
      here: name === span.name,
    })),
    title: span.title,
    ...{ from: clock.localInput(span.from), zoneName: clock.zoneName },
    ways: { before: to({ from: span.before }), now: to({ from: '' }), next: to({ from: span.next }) },
    marks: span.marks.map(({ at, label, strong }) => ({ x: share(at), label, strong })),
    now: found.now >= span.from && found.now < span.until ? share(found.now) : null,
    rows: found.items.map((row) => lineOf(row, span, clock)),
    states: stateChips(timelineList, filter, {
      ...{ states: stateOrder, words: nodeStateWords, counts: found.states },
    }),
    ...{ pools: found.pools, onlys, legend: legendOf(found) },
  };
}

function lineOf({ node, held }: TimelineRow, span: Span, clock: Clock): TimelineLine {
  const { id, name, state } = node;
  return { id, name, state: nodeStateWords[state], bars: held.map((one) => barOf(one, span, clock)) };
}

/** What may be seen at any time, and what else is. */
function legendOf({ items }: TimelineView): TimelinePage['legend'] {
  const always: readonly BarKind[] = ['now', 'coming', 'block', 'maintenance', 'schedule'];
  const there = new Set<BarKind>([...always, ...items.flatMap(({ held }) => held.map(kindOf))]);
  return (Object.keys(barKinds) as BarKind[])
    .filter((kind) => there.has(kind))
    .map((kind) => ({ kind, title: barKinds[kind] }));
}
