import type { AllocationView } from '../../../services/views.ts';

export const allocationHeads = [
  ...['id', 'node', 'purpose', 'state', 'start', 'end', 'from', 'until'],
  ...['reservation', 'user', 'image', 'of'],
];

export function allocationCells(one: AllocationView): (string | number | null)[] {
  const iso = (at: number) => new Date(at).toISOString();
  return [
    ...[
      one.id,
      one.node,
      one.purpose,
      one.state,
      iso(one.start),
      iso(one.end),
      iso(one.from),
      iso(one.until),
    ],
    ...[one.reservationId, one.user, one.image, one.of?.title ?? null],
  ];
}
