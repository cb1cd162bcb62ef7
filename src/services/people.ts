/** What administrators do with people and groups: part of `Services`. */
import type { PersonFilter } from '../../db/queries/people-list.ts';
import type { Limits } from '../domain/limits.ts';
import type { Role } from '../domain/may.ts';
import type * as view from './people-views.ts';
import type { ListRequest, Once, PageRequest } from './requests.ts';
import type { Page, SignedIn } from './views.ts';

export type { PersonFilter } from '../../db/queries/people-list.ts';

type Me = SignedIn;

export const personSorts = ['name', 'displayName', 'email', 'role', 'live', 'created'] as const;
export type PersonSort = (typeof personSorts)[number];
export const personStates = ['active', 'disabled', 'removed'] as const;

export interface NewPerson {
  readonly name: string;
  /** Absent or empty: the login. */
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  /** Names. */
  readonly groups: readonly string[];
  /** Their login looks like another's, and they are somebody else. */
  readonly evenIfAlike?: boolean | undefined;
}

/** What is absent stays. */
export interface PersonChanges {
  readonly displayName?: string | undefined;
  /** Empty: none. */
  readonly email?: string | undefined;
  /** Names: these and no others. */
  readonly groups?: readonly string[] | undefined;
  /** The version that was shown; another by now is refused. */
  readonly version?: number | undefined;
}

/** A table: its first line names the columns `name`, `displayName`, `email`, `groups`; `groups` here are for rows that name none. */
export interface NewPeopleRequest {
  readonly csv: string;
  readonly groups: readonly string[];
}

/** What is absent stays; of a new group: `user`, no limits. A limit of null is none. */
export interface GroupChanges {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly limits?: { readonly [Key in keyof Limits]?: number | null | undefined } | undefined;
  /** The version that was shown; another by now is refused. */
  readonly version?: number | undefined;
}

/** Logins. */
export interface MemberChanges {
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** What becomes of the live reservations of somebody who is disabled. */
export interface Disabling {
  readonly reservations: 'leave' | 'end';
  /** Told to them with what ends. */
  readonly reason?: string | undefined;
}

export interface PeopleServices {
  findPeople(
    me: Me,
    request: ListRequest<PersonSort> & { readonly filter: PersonFilter },
  ): Promise<view.PeopleView>;
  /** By id. */
  listPeople(
    me: Me,
    request: PageRequest & { readonly filter: PersonFilter },
  ): Promise<Page<view.PersonView>>;
  inspectPerson(me: Me, id: number): Promise<view.PersonDetailView>;
  /** With a first password that they must change. `name.taken` for a login that somebody has or had, or that looks like one. */
  addPerson(me: Me, person: NewPerson, once?: Once): Promise<view.NewAccountView>;
  /** Every person that would be added, and what is wrong with each. */
  planPeople(me: Me, request: NewPeopleRequest): Promise<readonly view.NewPersonView[]>;
  /** Adds those with nothing wrong: they have an `id` and a `password` then. */
  addPeople(me: Me, request: NewPeopleRequest, once?: Once): Promise<readonly view.NewPersonView[]>;
  editPerson(me: Me, id: number, changes: PersonChanges): Promise<void>;
  /** A new first password, told once: null when the same request had drawn it before. Their sessions end. */
  resetPassword(
    me: Me,
    id: number,
    options?: { readonly revokeTokens?: boolean },
    once?: Once,
  ): Promise<string | null>;
  /** At once for every way in. Says how many reservations were ended. */
  disablePerson(me: Me, id: number, how: Disabling, once?: Once): Promise<{ readonly ended: number }>;
  /** Of somebody who was removed: brings them back, in no group and without a password. */
  enablePerson(me: Me, id: number, once?: Once): Promise<void>;
  /** `person.live` while they have a reservation. The login stays in the history, and is given to nobody else. */
  removePerson(me: Me, id: number): Promise<void>;

  listGroups(me: Me): Promise<readonly view.GroupView[]>;
  inspectGroup(me: Me, id: number): Promise<view.GroupDetailView>;
  addGroup(
    me: Me,
    group: GroupChanges & { readonly name: string },
    once?: Once,
  ): Promise<{ readonly id: number }>;
  editGroup(me: Me, id: number, changes: GroupChanges): Promise<void>;
  /** Says what became of each. */
  changeMembers(
    me: Me,
    id: number,
    changes: MemberChanges,
    once?: Once,
  ): Promise<readonly view.MemberReport[]>;
  /** `group.in-use` while somebody is in it, an image is published to it, or a server names it. */
  deleteGroup(me: Me, id: number): Promise<void>;
}
