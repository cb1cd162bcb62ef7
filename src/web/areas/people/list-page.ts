import { roles } from '../../../domain/may.ts';
import { type PersonSort, personSorts, personStates } from '../../../services/people.ts';
import type { PeopleView, PersonView } from '../../../services/people-views.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { type StateChip, stateChips } from '../../state-chips.ts';
import type { StateWord } from '../reservations/state-words.ts';
import { personStateWords, roleWords } from './words.ts';

type Filter = 'search' | 'group' | 'role' | 'state';

export const peopleList: ListKind<PersonSort, Filter> = {
  path: '/people',
  sorts: personSorts,
  sort: 'name',
  filters: ['search', 'group', 'role', 'state'],
};

export interface PeoplePage {
  readonly list: ListFrame<PersonSort, Filter>;
  readonly rows: readonly PersonLine[];
  readonly states: readonly StateChip[];
  readonly groups: readonly string[];
  readonly roles: readonly { readonly role: string; readonly word: string }[];
}

export interface PersonLine {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  readonly state: StateWord;
  readonly role: string;
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly reservations: number;
}

export function peoplePage(asked: AskedList<PersonSort, Filter>, found: PeopleView): PeoplePage {
  return {
    list: listFrame(peopleList, asked, found.total),
    rows: found.items.map(personLine),
    states: stateChips(peopleList, asked.filter, {
      states: personStates,
      words: personStateWords,
      counts: found.states,
    }),
    groups: found.groups.map(({ name }) => name),
    roles: roles.map((role) => ({ role, word: roleWords[role] })),
  };
}

export function personLine(person: PersonView): PersonLine {
  const { id, name, displayName, email, state, role, groups, reservations } = person;
  return {
    ...{ id, name, displayName, groups, reservations },
    email: email ?? '',
    state: personStateWords[state],
    role: roleWords[role],
  };
}

export const peopleHeads = [
  ...['id', 'login', 'displayName', 'email', 'state', 'role', 'groups'],
  ...['reservations', 'added', 'firstSignedIn'],
];

export function personCells(person: PersonView): (string | number | null)[] {
  const { id, name, displayName, email, state, role, groups, reservations, createdAt, firstSignedInAt } =
    person;
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const named = groups.map((group) => group.name).join('|');
  return [
    ...[id, name, displayName, email, state, role, named],
    ...[reservations, iso(createdAt), iso(firstSignedInAt)],
  ];
}
