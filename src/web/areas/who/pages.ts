import type { SpellView, WhenceView } from '../../../services/administration-views.ts';
import type { Clock, When } from '../../clock.ts';
import { addressOf } from '../../list.ts';
import type { Refusal } from '../../refusal.ts';

export interface WhoPage {
  readonly asked: { readonly address: string; readonly node: string; readonly at: string };
  readonly zoneName: string;
  /** Null: nothing was asked yet. */
  readonly spells: readonly SpellCard[] | null;
  readonly refusal: Refusal | null;
  /** The same as a file. */
  readonly csv: string;
}

export interface SpellCard {
  readonly id: number;
  readonly href: string;
  readonly person: { readonly href: string; readonly name: string; readonly displayName: string };
  readonly email: string | null;
  readonly image: { readonly href: string; readonly title: string };
  readonly node: { readonly href: string; readonly name: string } | null;
  readonly address: string | null;
  readonly from: When;
  readonly until: When | null;
  /** Logins; empty unless it is a server. */
  readonly others: string;
  readonly cameFrom: readonly { readonly address: string; readonly how: string; readonly when: When }[];
}

const how: Readonly<Record<WhenceView['how'], string>> = {
  connect: 'pressed Connect',
  terminal: 'opened a terminal',
  files: 'opened the files',
  ssh: 'used SSH',
  'ssh-told': 'used SSH, as the machine itself says',
};

export function whoPage(
  asked: WhoPage['asked'],
  spells: readonly SpellView[] | null,
  refusal: Refusal | null,
  clock: Clock,
): WhoPage {
  return {
    asked: { ...asked, at: asked.at || clock.localInput(clock.now) },
    zoneName: clock.zoneName,
    spells: spells?.map((spell) => spellCard(spell, clock)) ?? null,
    refusal,
    csv: addressOf({ path: '/who-had-it', sort: '' }, { ...asked, format: 'csv' }),
  };
}

export const spellHeads = [
  ...['reservation', 'person', 'displayName', 'email', 'image', 'node', 'address', 'from', 'until'],
  ...['cameFrom', 'how', 'cameAt', 'by'],
];

/** One row for each time that somebody came, or one alone. */
export function spellCells(spell: SpellView): (string | number | null)[][] {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const { reservationId, user, image, node, address, from, until, cameFrom } = spell;
  const had = [reservationId, user.name, user.displayName, user.email, image, node, address, iso(from)];
  const came = cameFrom.map((one) => [one.address, one.how, iso(one.at), one.by]);
  return (came.length > 0 ? came : [[null, null, null, null]]).map((one) => [...had, iso(until), ...one]);
}

function spellCard(spell: SpellView, clock: Clock): SpellCard {
  const { reservationId: id, user, image, imageName, node, nodeId, address, from, until } = spell;
  return {
    ...{ id, address, email: user.email, others: spell.others.join(', ') },
    href: `/reservations/${id}`,
    person: { href: `/people/${user.id}`, name: user.name, displayName: user.displayName },
    image: { href: `/environments/${encodeURIComponent(imageName)}`, title: image },
    node: node === null ? null : { href: `/nodes/${nodeId}`, name: node },
    from: clock.when(from),
    until: until === null ? null : clock.when(until),
    cameFrom: spell.cameFrom.map((one) => ({
      address: one.address,
      how: one.by === null ? how[one.how] : `${one.by} ${how[one.how]}`,
      when: clock.when(one.at),
    })),
  };
}
