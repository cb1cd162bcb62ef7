import type { ReservationView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly when: When;
}

/** That it is ready, the page says itself. Keys of notices are `kind` or `kind-detail`. */
export function noticesOf({ notices }: ReservationView, clock: Clock): Notice[] {
  const shown = notices.filter(({ key }) => key.split('-')[0] !== 'ready');
  return shown.map(({ id, text, at }) => ({ id, text, when: clock.when(at) }));
}
