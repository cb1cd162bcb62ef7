import { limitText, limitWords } from '../../../domain/limit-words.ts';
import type { GroupName, PersonDetailView, PersonReservationView } from '../../../services/people-views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import { reservationStateWord, type StateWord } from '../reservations/state-words.ts';
import { personStateWords, roleWords } from './words.ts';

export interface PersonPage {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly state: StateWord;
  /** What to know about the account, in sentences. */
  readonly now: readonly string[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly actions: readonly {
    readonly href: string;
    readonly label: string;
    readonly icon: string;
    readonly danger: boolean;
  }[];
  /** One form of one button, where nothing need be asked. */
  readonly enable: { readonly action: string; readonly label: string } | null;
  readonly live: readonly BookingLine[];
  readonly past: readonly BookingLine[];
  readonly limits: readonly { readonly label: string; readonly value: string; readonly from: string }[];
  readonly events: readonly { readonly when: When; readonly text: string; readonly who: string | null }[];
  readonly eventsHref: string;
  /** Null for somebody who was removed. */
  readonly form: PersonForm | null;
  readonly refusal: Refusal | null;
}

interface BookingLine {
  readonly href: string;
  readonly title: string;
  readonly state: StateWord;
  readonly node: string;
  readonly start: When;
  readonly end: When;
}

export interface PersonForm {
  readonly version: number;
  readonly displayName: string;
  readonly email: string;
  readonly groups: readonly { readonly name: string; readonly chosen: boolean }[];
}

export interface TypedPerson {
  readonly displayName: string;
  readonly email: string;
  readonly groups: readonly string[];
}

export function personPage(
  person: PersonDetailView,
  groups: readonly GroupName[],
  clock: Clock,
  over: { readonly typed?: TypedPerson; readonly refusal?: Refusal } = {},
): PersonPage {
  const { id, name, displayName, state, bookings } = person;
  const line = (one: PersonReservationView) => bookingLine(one, clock);
  return {
    ...{ id, name, displayName },
    state: personStateWords[state],
    now: nowOf(person, clock),
    facts: factsOf(person, clock),
    actions: actionsOf(person),
    enable:
      state === 'active'
        ? null
        : { action: `/people/${id}/enable`, label: state === 'removed' ? 'Bring back' : 'Let in again' },
    live: bookings.filter((one) => one.live).map(line),
    past: bookings.filter((one) => !one.live).map(line),
    limits: limitWords.map(({ limit, label }) => {
      const { value = 0, from = [] } = person.limits.find((one) => one.limit === limit) ?? {};
      return { label, value: limitText(limit, value), from: from.join(', ') };
    }),
    events: person.events.map(({ at, text, actor }) => ({
      when: clock.when(at),
      text,
      who: actor === null || actor.id === id ? null : actor.name,
    })),
    eventsHref: `/events?person=${encodeURIComponent(name)}`,
    form: state === 'removed' ? null : formOf(person, groups, over.typed),
    refusal: over.refusal ?? null,
  };
}

function formOf(person: PersonDetailView, groups: readonly GroupName[], typed?: TypedPerson): PersonForm {
  const chosen = new Set(typed?.groups ?? person.groups.map((group) => group.name));
  return {
    version: person.version,
    displayName: typed?.displayName ?? person.displayName,
    email: typed?.email ?? person.email ?? '',
    groups: groups.map((group) => ({ name: group.name, chosen: chosen.has(group.name) })),
  };
}

function nowOf(
  { isMe, groups, state, images, disabledAt, removedAt }: PersonDetailView,
  clock: Clock,
): string[] {
  const since = (at: number | null) => (at === null ? '' : ` since ${clock.when(at).text}`);
  return [
    ...(isMe ? ['This is you.'] : []),
    ...(state === 'disabled' ? [`Nobody comes in with this account${since(disabledAt)}.`] : []),
    ...(state === 'removed' ? [`The account is gone${since(removedAt)}; its history stays.`] : []),
    ...(state !== 'removed' && groups.length === 0 ? ['In no group: may reserve nothing.'] : []),
    ...(images > 0 ? [images === 1 ? 'One image is theirs.' : `${images} images are theirs.`] : []),
  ];
}

function factsOf(person: PersonDetailView, clock: Clock) {
  const { name, email, role, createdAt, firstSignedInAt, sessions, tokens, sshKeys } = person;
  const facts: readonly [string, string][] = [
    ['Login', name],
    ['E-mail', email ?? 'none'],
    ['Role', roleWords[role]],
    ['Added', clock.when(createdAt).text],
    ['First signed in', firstSignedInAt === null ? 'not yet' : clock.when(firstSignedInAt).text],
    ['Sessions', String(sessions)],
    ['API tokens', String(tokens)],
    ['SSH keys', String(sshKeys)],
  ];
  return facts.map(([fact, value]) => ({ name: fact, value }));
}

/** Not for oneself: nobody locks themselves out. */
function actionsOf({ id, state, isMe }: PersonDetailView): PersonPage['actions'] {
  if (isMe || state === 'removed') return [];
  const action = (path: string, label: string, icon: string, danger = false) => ({
    ...{ label, icon, danger },
    href: `/people/${id}/${path}`,
  });
  return [
    action('password', 'New password', 'key'),
    ...(state === 'active' ? [action('disable', 'Disable', 'pause')] : []),
    action('remove', 'Remove', 'close', true),
  ];
}

function bookingLine(
  { id, title, state, node, start, end, endedAt }: PersonReservationView,
  clock: Clock,
): BookingLine {
  return {
    href: `/reservations/${id}`,
    title,
    state: reservationStateWord({ state, start, endedAt }, clock.now),
    node: node ?? '',
    start: clock.when(start),
    end: clock.when(end),
  };
}
