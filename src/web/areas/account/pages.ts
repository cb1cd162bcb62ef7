import type { KeysOnTheirWayView, SignedIn, SshKeyView, TokenView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';

/** Which of the page's forms was refused, and what had been typed into it. */
export interface RefusedForm {
  readonly form: 'key' | 'password' | 'token' | 'email' | 'zone';
  readonly refusal: Refusal;
  readonly typed: Readonly<Record<string, string>>;
}

export interface AccountPage {
  readonly name: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly keys: readonly SshKeyView[];
  /** Machines that do not have the keys as they are now yet. */
  readonly onTheirWay: readonly { readonly title: string; readonly href: string }[];
  readonly tokens: readonly { readonly id: number; readonly label: string; readonly created: When }[];
  readonly zones: readonly { readonly name: string; readonly chosen: boolean }[];
  readonly refused: RefusedForm | null;
}

export interface NewTokenPage {
  readonly token: string;
  readonly label: string;
}

export interface AccountFacts {
  readonly me: SignedIn;
  readonly keys: readonly SshKeyView[];
  readonly onTheirWay: readonly KeysOnTheirWayView[];
  readonly tokens: readonly TokenView[];
  readonly refused: RefusedForm | null;
}

export function accountPage(facts: AccountFacts, clock: Clock): AccountPage {
  const { me, keys, onTheirWay, tokens, refused } = facts;
  return {
    name: me.name,
    displayName: me.displayName,
    email: me.email,
    keys,
    onTheirWay: onTheirWay.map(({ id, title }) => ({ title, href: `/reservations/${id}` })),
    tokens: tokens.map(({ id, label, createdAt }) => ({ id, label, created: clock.when(createdAt) })),
    zones: zoneNames(clock.zone).map((name) => ({ name, chosen: name === clock.zone })),
    refused,
  };
}

/** The chosen one is always among them, whatever the database of names calls it today. */
function zoneNames(chosen: string): string[] {
  return [...new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')])].sort();
}
