import type { AnnouncementView, AttentionView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';

export interface AttentionPage {
  readonly items: readonly AttentionCard[];
  readonly lookedAt: When;
}

export interface AttentionCard {
  readonly text: string;
  /** The page of what it is about. */
  readonly href: string | null;
  readonly icon: string;
  readonly kind: string;
  readonly since: When;
  readonly hits: string;
  readonly button: { readonly label: string; readonly action: string } | null;
  readonly link: { readonly label: string; readonly href: string } | null;
}

const kinds = {
  node: { icon: 'machine', word: 'Machine' },
  revision: { icon: 'layers', word: 'Environment' },
  capture: { icon: 'layers', word: 'Capture' },
  task: { icon: 'loading', word: 'Work' },
  artefact: { icon: 'box', word: 'Left over' },
  booking: { icon: 'calendar', word: 'Booking' },
  place: { icon: 'box', word: 'Place' },
  network: { icon: 'env-network', word: 'Imaging network' },
  books: { icon: 'alert', word: 'Books' },
  block: { icon: 'calendar', word: 'Class' },
} as const;

export function attentionPage({ items, lookedAt }: AttentionView, clock: Clock): AttentionPage {
  const cards = items.map(({ id, kind, text, since, hits, about, action }) => ({
    text,
    href: about ?? null,
    icon: kinds[kind].icon,
    kind: kinds[kind].word,
    since: clock.when(since),
    hits: hits === null ? 'nobody is hit now' : `hits ${hits}`,
    button:
      action === null || action.link
        ? null
        : { label: action.label, action: `/attention/${encodeURIComponent(id)}/retry` },
    link: action?.link ? { label: action.label, href: action.path } : null,
  }));
  return { items: cards, lookedAt: clock.when(lookedAt) };
}

export interface AnnouncementsPage {
  readonly announcements: readonly {
    readonly id: number;
    readonly text: string;
    readonly until: When | null;
  }[];
  readonly text: string;
  readonly until: string;
  readonly refusal: Refusal | null;
  readonly zoneName: string;
}

export interface AnnouncementForm {
  readonly text: string;
  readonly until: string;
  readonly refusal: Refusal | null;
}

export function announcementsPage(
  all: readonly AnnouncementView[],
  form: AnnouncementForm,
  clock: Clock,
): AnnouncementsPage {
  const announcements = all.map(({ id, text, until }) => ({
    id,
    text,
    until: until === null ? null : clock.when(until),
  }));
  return { announcements, ...form, zoneName: clock.zoneName };
}
