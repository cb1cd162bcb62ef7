import { type ReservationGroup, reservationGroups } from '../../../domain/states.ts';
import type { ReservationsView, ReservationView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { type AskedList, addressOf, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { type StateChip, stateChips } from '../../state-chips.ts';
import { type StateWord, stateWord } from './state-words.ts';

type Sort = 'id' | 'image' | 'person' | 'start' | 'end';
type Filter = 'state' | 'search' | 'person' | 'image' | 'node' | 'pool' | 'from' | 'to';

export const reservationsList: ListKind<Sort, Filter> = {
  path: '/reservations',
  sorts: ['id', 'image', 'person', 'start', 'end'],
  sort: '-id',
  filters: ['state', 'search', 'person', 'image', 'node', 'pool', 'from', 'to'],
};

export interface ReservationsPage {
  readonly list: ListFrame<Sort, Filter>;
  readonly rows: readonly ReservationLine[];
  readonly states: readonly StateChip[];
  readonly pools: readonly string[];
  /** Everybody's are listed: who and where is shown, and asked for. */
  readonly all: boolean;
  /** Addresses of everybody's and of one's own. */
  readonly whose: { readonly everybody: string; readonly mine: string; readonly isMine: boolean };
  readonly zoneName: string;
}

interface ReservationLine {
  readonly id: number;
  readonly href: string;
  readonly title: string;
  readonly state: StateWord;
  readonly person: { readonly href: string; readonly name: string };
  readonly start: When;
  /** Null: it has none. */
  readonly end: When | null;
  readonly node: { readonly href: string; readonly name: string } | null;
  readonly reason: string | null;
}

const groupWords: Readonly<Record<ReservationGroup, StateWord>> = {
  live: { word: 'Now', tone: 'ready', icon: 'check' },
  coming: { word: 'Coming', tone: 'booked', icon: 'clock' },
  ended: { word: 'Over', tone: 'quiet', icon: 'end' },
};

interface Reader {
  readonly name: string;
  /** May see everybody's. */
  readonly all: boolean;
}

export function reservationsPage(
  asked: AskedList<Sort, Filter>,
  found: ReservationsView,
  reader: Reader,
  clock: Clock,
): ReservationsPage {
  const { filter } = asked;
  const whose = (person: string) => addressOf(reservationsList, { ...filter, person });
  return {
    list: listFrame(reservationsList, asked, found.total),
    rows: found.items.map((reservation) => reservationLine(reservation, clock)),
    states: stateChips(reservationsList, filter, {
      states: reservationGroups,
      words: groupWords,
      counts: found.states,
    }),
    pools: found.pools,
    all: reader.all,
    whose: { everybody: whose(''), mine: whose(reader.name), isMine: filter.person === reader.name },
    zoneName: clock.zoneName,
  };
}

function reservationLine(reservation: ReservationView, clock: Clock): ReservationLine {
  const { id, image, server, user, start, end, endedAt, nodeId, nodeName, reason } = reservation;
  return {
    ...{ id, reason },
    href: `/reservations/${id}`,
    title: server === null ? image.title : `${server.name} (server)`,
    state: stateWord(reservation, clock.now),
    person: { href: `/people/${user.id}`, name: user.name },
    start: clock.when(start),
    end: server?.openEnded && endedAt === null ? null : clock.when(endedAt ?? end),
    node: nodeName === null ? null : { href: `/nodes/${nodeId}`, name: nodeName },
  };
}

export function isReservationGroup(typed: string): typed is ReservationGroup {
  return (reservationGroups as readonly string[]).includes(typed);
}

export const reservationHeads = [
  ...['id', 'state', 'image', 'person', 'node', 'pool', 'start', 'end', 'minutes'],
  ...['created', 'ready', 'ended', 'reason', 'imaging'],
];

export function reservationCells(reservation: ReservationView): (string | number | boolean | null)[] {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const { id, state, image, user, nodeName, poolName, start, end, minutes, reason, imaging } = reservation;
  const { createdAt, readyAt, endedAt } = reservation;
  return [
    ...[id, state, image.name, user.name, nodeName, poolName, iso(start), iso(end), minutes],
    ...[iso(createdAt), iso(readyAt), iso(endedAt), reason, imaging],
  ];
}
