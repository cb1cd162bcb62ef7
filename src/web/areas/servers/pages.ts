/** Servers: the list, and the form in which one is asked for or changed. */
import type { ReservationView, ServerChoicesView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import type { Typed } from '../../typed.ts';
import { type StateWord, stateWord } from '../reservations/state-words.ts';

export interface ServersPage {
  readonly rows: readonly ServerLine[];
  readonly mayTake: boolean;
  /** For those who may see everybody's. */
  readonly whose: { readonly everybody: boolean } | null;
  readonly next: string | null;
}

interface ServerLine {
  readonly href: string;
  readonly name: string;
  readonly image: string;
  readonly state: StateWord;
  readonly person: string;
  readonly groups: string;
  /** Null: it has none. */
  readonly end: When | null;
}

export function serverLine(one: ReservationView, clock: Clock): ServerLine {
  const { id, image, user, server, end } = one;
  return {
    href: `/reservations/${id}`,
    name: server?.name ?? image.title,
    image: image.title,
    state: stateWord(one, clock.now),
    person: user.name,
    groups: groupsText(server),
    end: server?.openEnded ? null : clock.when(end),
  };
}

/** "students log in, staff look after it". */
export function groupsText(server: ReservationView['server']): string {
  const { loginGroup = null, adminGroup = null } = server ?? {};
  const login = loginGroup === null ? [] : [`${loginGroup} log in`];
  const admin = adminGroup === null ? [] : [`${adminGroup} look after it`];
  return [...login, ...admin].join(', ');
}

export interface ServerFormPage {
  /** Null for one that is changed. */
  readonly images: ServerChoicesView['images'] | null;
  readonly groups: readonly string[];
  readonly form: Readonly<Record<'image' | 'name' | 'start' | 'end' | 'loginGroup' | 'adminGroup', string>>;
  readonly action: string;
  readonly back: { readonly href: string; readonly text: string };
  readonly title: string;
  readonly button: string;
  readonly zoneName: string;
  readonly earliest: string;
  /** Why none can be had; null where one can. */
  readonly none: string | null;
  readonly refusal: Refusal | null;
}

interface FormFacts {
  /** The one that is changed. */
  readonly server: ReservationView | null;
  readonly choices: ServerChoicesView;
  readonly typed: Typed;
  readonly refusal: Refusal | null;
}

export function serverFormPage({ server, choices, typed, refusal }: FormFacts, clock: Clock): ServerFormPage {
  const is = server?.server ?? null;
  const end = server && !is?.openEnded ? clock.localInput(server.end) : '';
  const now = { image: '', name: is?.name ?? '', start: '', end };
  const text = (name: string, value: string) =>
    typeof typed[name] === 'string' ? typed[name].slice(0, 300) : value;
  const { loginGroup, adminGroup } = is ?? { loginGroup: null, adminGroup: null };
  const here = server ? `/reservations/${server.id}` : '/servers';
  return {
    images: server ? null : choices.images,
    groups: [...new Set([...choices.groups, loginGroup ?? '', adminGroup ?? ''])].filter(Boolean).sort(),
    form: {
      ...{ image: text('image', now.image), name: text('name', now.name), start: text('start', '') },
      ...{ end: text('end', now.end), loginGroup: text('loginGroup', loginGroup ?? '') },
      adminGroup: text('adminGroup', adminGroup ?? ''),
    },
    action: server ? `/servers/${server.id}` : '/servers/new',
    back: { href: here, text: server ? (is?.name ?? 'Back') : 'Servers' },
    title: server ? `Change ${is?.name ?? 'the server'}` : 'Take a server',
    button: server ? 'Save' : 'Take it',
    zoneName: clock.zoneName,
    earliest: clock.localInput(clock.now),
    none: server === null && choices.more === 0 ? noneLeft : null,
    refusal,
  };
}

const noneLeft =
  'You may have no more servers. How many one may have is said by the groups that one is in: ask whoever looks after this site.';
