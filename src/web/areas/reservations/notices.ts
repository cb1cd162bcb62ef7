import type { NoticeTone, NoticeView, ReservationView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { phaseOf } from './state-words.ts';

export interface Notice {
  readonly tone: NoticeTone;
  readonly icon: string;
  readonly text: string;
  /** What it is about: an image, or seats of a class. */
  readonly link: { readonly href: string; readonly text: string } | null;
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
const madeOfIt = ['captured'];

/**
 * Of one's machine. That it is ready, the page says itself; when it is over, only why still matters. Keys of notices are `kind`
 * or `kind-detail`.
 */
export function noticesOf(reservation: ReservationView, clock: Clock): Notice[] {
  const over = phaseOf(reservation, clock.now) === 'over';
  return of(reservation, clock, (kind) => (over ? whyOver.includes(kind) : kind !== 'ready'));
}

/** Where its own page says why it is over: what it was saved as. */
export function savedAs(reservation: ReservationView, clock: Clock): Notice[] {
  return of(reservation, clock, (kind) => madeOfIt.includes(kind));
}

function of(reservation: ReservationView, clock: Clock, isShown: (kind: string) => boolean): Notice[] {
  return reservation.notices
    .filter(({ key }) => isShown(key.split('-')[0] ?? ''))
    .map((notice) =>
      noticeShown(notice, clock, `/reservations/${reservation.id}/notices/${notice.id}/dismiss`),
    );
}

/** A notice as pages show it; `dismiss` is where the form that puts it away is sent. */
export function noticeShown(notice: NoticeView, clock: Clock, dismiss: string): Notice {
  const { tone, text, at } = notice;
  return { tone, icon: icons[tone], text, link: linkOf(notice), when: clock.when(at), dismiss };
}

function linkOf({ image, blockId }: NoticeView): Notice['link'] {
  if (blockId !== undefined) return { href: `/blocks/${blockId}`, text: 'See its dates' };
  return image && { href: `/images/${encodeURIComponent(image.name)}`, text: `See ${image.title}` };
}
