import type { AllocationDetailView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import { type BarKind, barKinds, kindOf, textOf } from './bars.ts';

/** One bar of the timeline, and what can be done about it. */
export interface AllocationPage {
  readonly id: number;
  readonly title: string;
  readonly kind: BarKind;
  readonly word: string;
  readonly start: When;
  readonly end: When;
  readonly node: { readonly name: string; readonly href: string };
  readonly facts: readonly {
    readonly name: string;
    readonly value: string;
    readonly href: string | null;
  }[];
  /** Null where it cannot be moved; `to` is empty where no other node is free. */
  readonly move: { readonly to: readonly { readonly id: number; readonly name: string }[] } | null;
  readonly ways: readonly { readonly label: string; readonly icon: string; readonly href: string }[];
  readonly endHref: string | null;
  readonly refusal: Refusal | null;
}

const partWords = { block: 'Class', maintenance: 'Maintenance', schedule: 'Schedule' } as const;
const partPaths = { block: '/blocks', maintenance: '/maintenance', schedule: '/schedules' } as const;

export function allocationPage(
  one: AllocationDetailView,
  refusal: Refusal | null,
  clock: Clock,
): AllocationPage {
  const kind = kindOf(one);
  const { id, reservationId, of, node, nodeId } = one;
  const isLive = one.state !== 'released' && one.state !== 'failed';
  return {
    ...{ id, kind, refusal, title: textOf(one), word: barKinds[kind] },
    ...{ start: clock.when(one.start), end: clock.when(one.end) },
    node: { name: node, href: `/nodes/${nodeId}` },
    facts: factsOf(one, clock),
    move: one.movable ? { to: one.moves } : null,
    ways: [
      ...(reservationId === null
        ? []
        : [{ label: 'The reservation', icon: 'calendar', href: `/reservations/${reservationId}` }]),
      ...(one.movable
        ? [{ label: 'Change its time', icon: 'clock', href: `/reservations/${reservationId}/change` }]
        : []),
      ...(of === null
        ? []
        : [{ label: partWords[of.kind], icon: 'next', href: `${partPaths[of.kind]}/${of.id}` }]),
      {
        ...{ label: `Plan maintenance of ${node}`, icon: 'pause' },
        href: `/maintenance/new?${new URLSearchParams({ node }).toString()}`,
      },
    ],
    endHref: reservationId === null || !isLive ? null : `/reservations/${reservationId}/end`,
  };
}

function factsOf(one: AllocationDetailView, clock: Clock): AllocationPage['facts'] {
  const times = (from: number, until: number) => `${clock.when(from).text} to ${clock.when(until).text}`;
  const facts: readonly (readonly [string, string | null, string?])[] = [
    ['Node', one.node, `/nodes/${one.nodeId}`],
    ['Person', one.user],
    ['Environment', one.image],
    [one.of === null ? '' : partWords[one.of.kind], one.of?.title ?? null],
    ['Booked', times(one.start, one.end)],
    ['Held', times(one.from, one.until)],
    ['State', one.state],
  ];
  return facts.flatMap(([name, value, href]) =>
    value === null ? [] : [{ name, value, href: href ?? null }],
  );
}
