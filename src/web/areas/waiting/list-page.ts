import type { WaitingView } from '../../../services/views.ts';
import { lengthOf } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { placeInWords } from '../home/waiting-card.ts';

type Sort = 'line' | 'image' | 'person' | 'turn';
type Filter = 'search' | 'image' | 'pool';
type Asked = AskedList<Sort, Filter>;

export const waitingList: ListKind<Sort, Filter> = {
  path: '/waitlist',
  sorts: ['line', 'image', 'person', 'turn'],
  sort: 'line',
  filters: ['search', 'image', 'pool'],
};

export interface WaitingPage {
  readonly list: ListFrame<Sort, Filter>;
  /** Those that somebody waits for. */
  readonly images: readonly { readonly name: string; readonly title: string; readonly waiting: number }[];
  readonly pools: readonly string[];
  readonly rows: readonly {
    readonly person: string;
    readonly href: string;
    readonly place: string;
    readonly image: string;
    readonly pools: string;
    readonly length: string;
    readonly since: When;
    readonly askFirst: boolean;
    readonly missed: boolean;
    /** Their turn at the latest; null where that cannot be said. */
    readonly turn: When | null;
    readonly offer: { readonly href: string; readonly until: When } | null;
  }[];
}

export function waitingPage(asked: Asked, all: readonly WaitingView[], clock: Clock): WaitingPage {
  const found = sortedWaiting(asked, all);
  const images = new Map(all.map(({ image }) => [image.name, image.title]));
  return {
    list: listFrame(waitingList, asked, found.length),
    images: [...images].map(([name, title]) => ({
      ...{ name, title, waiting: all.filter(({ image }) => image.name === name).length },
    })),
    pools: [...new Set(all.flatMap(({ pools }) => pools))].sort(),
    rows: found.slice(asked.offset, asked.offset + asked.limit).map((one) => ({
      person: one.user.name,
      href: `/people/${one.user.id}`,
      place: placeOf(one),
      image: one.image.title,
      pools: one.pools.join(', '),
      length: lengthOf(one.minutes),
      since: clock.when(one.since),
      ...{ askFirst: one.askFirst, missed: one.missed > 0 },
      turn: one.estimate === null ? null : clock.when(one.estimate),
      offer: one.offer && {
        href: `/reservations/${one.offer.reservationId}`,
        until: clock.when(one.offer.until),
      },
    })),
  };
}

function placeOf({ place, offer }: WaitingView): string {
  return offer === null ? placeInWords(place) : 'Offered';
}

/** There are few: the service gives all of them, in the order of the line. */
export function sortedWaiting(
  { filter, sort, descending }: Asked,
  all: readonly WaitingView[],
): readonly WaitingView[] {
  const wanted = filter.search.toLowerCase();
  const isMeant = ({ image, user, pools }: WaitingView) =>
    (filter.image === '' || image.name === filter.image) &&
    (filter.pool === '' || pools.includes(filter.pool)) &&
    `${user.name} ${image.title}`.toLowerCase().includes(wanted);
  const order = (a: WaitingView, b: WaitingView) => orders[sort](a, b) || a.id - b.id;
  return all.filter(isMeant).sort((a, b) => (descending ? -order(a, b) : order(a, b)));
}

const turnOf = ({ offer, estimate }: WaitingView) => offer?.until ?? estimate ?? Number.MAX_SAFE_INTEGER;

const orders: Readonly<Record<Sort, (a: WaitingView, b: WaitingView) => number>> = {
  line: () => 0,
  image: (a, b) => a.image.title.localeCompare(b.image.title),
  person: (a, b) => a.user.name.localeCompare(b.user.name),
  turn: (a, b) => turnOf(a) - turnOf(b),
};

export const waitingHeads: readonly string[] = [
  ...['id', 'person', 'image', 'pools', 'minutes', 'askFirst', 'since', 'place', 'estimate'],
  ...['missed', 'reservationId', 'offeredUntil'],
];

const iso = (at: number | null | undefined) => (at == null ? null : new Date(at).toISOString());

export function waitingCells(one: WaitingView): (string | number | null)[] {
  const { id, user, image, pools, minutes, askFirst, since, place, estimate, missed, offer } = one;
  return [
    ...[id, user.name, image.name, pools.join(' '), minutes, String(askFirst), iso(since), place],
    ...[iso(estimate), missed, offer?.reservationId ?? null, iso(offer?.until)],
  ];
}
