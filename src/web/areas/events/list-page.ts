import { inWords } from '../../../domain/time.ts';
import type { EventView } from '../../../services/administration-views.ts';
import type { Clock, When } from '../../clock.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';

type Filter = 'kind' | 'person' | 'node' | 'reservation' | 'from' | 'to';

export const eventsList: ListKind<'at', Filter> = {
  path: '/events',
  sorts: ['at'],
  sort: '-at',
  filters: ['kind', 'person', 'node', 'reservation', 'from', 'to'],
};

export interface EventsPage {
  readonly list: ListFrame<'at', Filter>;
  readonly rows: readonly EventLine[];
  readonly kinds: readonly string[];
  readonly zoneName: string;
  /** There are more than a list shows. */
  readonly more: boolean;
}

export interface EventLine {
  readonly when: When;
  readonly kind: string;
  readonly text: string;
  readonly actor: { readonly href: string; readonly name: string } | null;
  readonly node: { readonly href: string; readonly name: string } | null;
  readonly reservation: { readonly href: string; readonly id: number } | null;
  readonly task: { readonly href: string; readonly id: number } | null;
  /** "30 days more", "always". */
  readonly kept: string;
  /** One of many while something goes on. */
  readonly detail: boolean;
}

const mostListed = 10_000;

export function eventsPage(
  asked: AskedList<'at', Filter>,
  found: { readonly items: readonly EventView[]; readonly total: number; readonly kinds: readonly string[] },
  clock: Clock,
): EventsPage {
  return {
    list: listFrame(eventsList, asked, found.total),
    rows: found.items.map((event) => eventLine(event, clock)),
    kinds: found.kinds,
    zoneName: clock.zoneName,
    more: found.total >= mostListed,
  };
}

export function eventLine(event: EventView, clock: Clock): EventLine {
  const { at, kind, text, actor, node, reservationId, taskId, keptUntil } = event;
  return {
    ...{ kind, text },
    when: clock.precisely(at),
    actor: actor && { href: `/people/${actor.id}`, name: actor.name },
    node: node && { href: `/nodes/${node.id}`, name: node.name },
    reservation:
      reservationId === null ? null : { href: `/reservations/${reservationId}`, id: reservationId },
    task: taskId === null ? null : { href: `/tasks/${taskId}`, id: taskId },
    kept: keptUntil === null ? 'always' : `${inWords(Math.max(0, keptUntil - clock.now))} more`,
    detail: kind === 'progress',
  };
}

export const eventHeads = [
  ...['id', 'at', 'kind', 'text', 'person', 'node', 'reservation', 'task', 'keptUntil'],
];

export function eventCells(event: EventView): (string | number | null)[] {
  const { id, at, kind, text, actor, node, reservationId, taskId, keptUntil } = event;
  const kept = keptUntil === null ? null : new Date(keptUntil).toISOString();
  return [
    ...[id, new Date(at).toISOString(), kind, text, actor?.name ?? null, node?.name ?? null],
    ...[reservationId, taskId, kept],
  ];
}
