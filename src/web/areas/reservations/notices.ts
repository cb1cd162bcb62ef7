import type { NoticeTone, ReservationView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { phaseOf } from './state-words.ts';

export interface Notice {
  readonly tone: NoticeTone;
  readonly icon: string;
  readonly text: string;
  readonly when: When;
  /** Where the form that puts it away is sent. */
  readonly dismiss: string;
}

const icons: Readonly<Record<NoticeTone, string>> = {
  good: 'check',
  plain: 'info',
  urgent: 'bell',
  bad: 'alert',
};

const whyOver = ['failed', 'ended'];

/**
 * That it is ready, the page says itself; when it is over, only why still matters. Keys of notices are `kind` or
 * `kind-detail`.
 */
export function noticesOf(reservation: ReservationView, clock: Clock): Notice[] {
  const over = phaseOf(reservation, clock.now) === 'over';
  const shown = reservation.notices.filter(({ key }) => {
    const kind = key.split('-')[0] ?? '';
    return over ? whyOver.includes(kind) : kind !== 'ready';
  });
  return shown.map(({ id, tone, text, at }) => ({
    tone,
    icon: icons[tone],
    text,
    when: clock.when(at),
    dismiss: `/reservations/${reservation.id}/notices/${id}/dismiss`,
  }));
}
