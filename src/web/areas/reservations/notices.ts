import type { NoticeTone, ReservationView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';

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

/** That it is ready, the page says itself. Keys of notices are `kind` or `kind-detail`. */
export function noticesOf({ id: reservation, notices }: ReservationView, clock: Clock): Notice[] {
  const shown = notices.filter(({ key }) => key.split('-')[0] !== 'ready');
  return shown.map(({ id, tone, text, at }) => ({
    tone,
    icon: icons[tone],
    text,
    when: clock.when(at),
    dismiss: `/reservations/${reservation}/notices/${id}/dismiss`,
  }));
}
