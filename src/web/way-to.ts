import type { Alternative } from '../domain/errors.ts';
import { inWords } from '../domain/time.ts';
import type { Clock } from './clock.ts';

/** The page that an alternative leads to; null for one that is booked instead. */
export function wayTo({ kind, image, minutes, reservationId }: Alternative): string | null {
  switch (kind) {
    case 'end-other':
      return `/reservations/${reservationId}`;
    case 'find-a-time': {
      const asked = { image: image ?? '', minutes: String(minutes ?? '') };
      return `/find-a-time?${new URLSearchParams(asked).toString()}`;
    }
    case 'environments':
    case 'reservations':
    case 'help':
      return `/${kind}`;
    case 'start':
    case 'minutes':
    case 'image':
    case 'wait':
      return null;
  }
}

/** A start in the zone of who reads it. */
export function labelOf({ kind, label, start }: Alternative, clock: Clock): string {
  if (kind !== 'start' || start === undefined) return label;
  const at = clock.when(start).text;
  return `${at.slice(0, 1).toUpperCase()}${at.slice(1)}, in ${inWords(start - clock.now)}`;
}
