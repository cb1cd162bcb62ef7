/** What administrators are answered about people and groups. Times are epoch milliseconds. */
import type { LimitSource, Limits } from '../domain/limits.ts';
import type { Role } from '../domain/may.ts';
import type { ReservationState } from '../domain/states.ts';
import type { EventView } from './administration-views.ts';
import type { Listing, StateCount } from './views.ts';

export type PersonState = 'active' | 'disabled' | 'removed';

export interface GroupName {
  readonly id: number;
  readonly name: string;
}

export interface PersonView {
  readonly id: number;
  /** Their login. */
  readonly name: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly state: PersonState;
  /** The strongest of their groups'. */
  readonly role: Role;
  readonly groups: readonly GroupName[];
  /** Live reservations. */
  readonly reservations: number;
  readonly createdAt: number;
  /** Null: never yet. */
  readonly firstSignedInAt: number | null;
  /** Tells one set of their properties from another, so that whoever saves second is told. */
  readonly version: number;
}

export interface PeopleView extends Listing<PersonView> {
  readonly states: readonly StateCount<PersonState>[];
  /** Every group there is. */
  readonly groups: readonly GroupName[];
}

export interface PersonReservationView {
  readonly id: number;
  readonly title: string;
  readonly state: ReservationState;
  readonly node: string | null;
  readonly start: number;
  /** When it ended, or will. */
  readonly end: number;
  readonly endedAt: number | null;
  readonly live: boolean;
}

export interface PersonDetailView extends PersonView {
  readonly disabledAt: number | null;
  readonly removedAt: number | null;
  /** What they may have, and which of their groups says so; of no group: nothing. */
  readonly limits: readonly LimitSource[];
  /** The live ones first, then the last ten that are over. */
  readonly bookings: readonly PersonReservationView[];
  /** What they did and what was done to their account, newest first. */
  readonly events: readonly EventView[];
  readonly sessions: number;
  readonly tokens: number;
  readonly sshKeys: number;
  /** Images that are theirs. */
  readonly images: number;
  /** Whoever asks. */
  readonly isMe: boolean;
}

/** An account that was added; the password is told here and nowhere again. */
export interface NewAccountView {
  readonly id: number;
  readonly name: string;
  /** Null when the same request had added it before. */
  readonly password: string | null;
}

/** A row of a table of people, and what is wrong with it. */
export interface NewPersonView {
  readonly line: number;
  readonly name: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly groups: readonly string[];
  /** Empty: it can be added. */
  readonly problems: readonly string[];
  /** What one should look at; keeps nobody from anything. */
  readonly notes: readonly string[];
  /** Once they were added. */
  readonly id?: number | undefined;
  readonly password?: string | undefined;
}

export interface GroupView {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly limits: Limits;
  readonly members: number;
  /** Images that were published to it. */
  readonly images: number;
  readonly version: number;
}

export interface GroupDetailView extends GroupView {
  readonly sharedImages: readonly { readonly name: string; readonly title: string }[];
  /** By login; those who were removed are in no group. */
  readonly people: readonly PersonView[];
  readonly isCourse: boolean;
  /** Those whose people it says, or who looks after them. */
  readonly servers: readonly { readonly id: number; readonly name: string }[];
  /** What keeps it from being deleted, in a sentence; null when nothing does. */
  readonly hangs: string | null;
}

/** What became of one name in a change of a group's members. */
export interface MemberReport {
  readonly name: string;
  readonly done: boolean;
  readonly says: string;
}
