/** People and groups, as services would answer. */
import { limitSources, noLimits } from '../../src/domain/limits.ts';
import type * as view from '../../src/services/people-views.ts';
import { events } from './sample-administration.ts';

const now = Date.now();
const day = 86_400_000;
const studentLimits = { ...noLimits, initialMinutes: 240, totalMinutes: 360, extendMinutes: 60, overlap: 1 };

export const groups: readonly view.GroupView[] = [
  {
    id: 1,
    name: 'administrators',
    role: 'administrator',
    limits: noLimits,
    members: 1,
    images: 0,
    version: 1,
  },
  { id: 2, name: 'students', role: 'user', limits: studentLimits, members: 2, images: 1, version: 4 },
  {
    id: 3,
    name: 'Übungsgruppe Technische Physik im Wintersemester',
    role: 'image-admin',
    limits: noLimits,
    members: 0,
    images: 0,
    version: 1,
  },
];

function person(over: Partial<view.PersonView>): view.PersonView {
  return {
    id: 3,
    name: 'student',
    displayName: 'Sam Student',
    email: 'sam@example.org',
    state: 'active',
    role: 'user',
    groups: [{ id: 2, name: 'students' }],
    reservations: 1,
    createdAt: now - 40 * day,
    firstSignedInAt: now - 39 * day,
    version: 77,
    ...over,
  };
}

export const people: readonly view.PersonView[] = [
  person({
    id: 1,
    name: 'admin',
    displayName: 'Ada Admin',
    role: 'administrator',
    groups: [{ id: 1, name: 'administrators' }],
    reservations: 0,
  }),
  person({}),
  person({
    ...{ id: 4, name: 'bartholomaeus.featherstonehaugh-cholmondeley', state: 'disabled', email: null },
    ...{
      displayName: 'Bartholomäus Featherstonehaugh-Cholmondeley the Younger',
      reservations: 0,
      firstSignedInAt: null,
    },
  }),
  person({ id: 5, name: 'gone', displayName: 'Gone Girl', state: 'removed', groups: [], reservations: 0 }),
];

export const personDetail = (one: view.PersonView): view.PersonDetailView => ({
  ...one,
  disabledAt: one.state === 'disabled' ? now - day : null,
  removedAt: one.state === 'removed' ? now - day : null,
  limits: limitSources(groups.filter(({ id }) => one.groups.some((group) => group.id === id))),
  bookings:
    one.id === 3
      ? [
          {
            id: 7,
            title: 'Tiny Linux',
            state: 'inuse',
            node: 'vm-2',
            start: now - 60_000,
            end: now + day / 12,
            endedAt: null,
            live: true,
          },
          {
            id: 9,
            title: 'Debian',
            state: 'new',
            node: null,
            start: now + day,
            end: now + 1.1 * day,
            endedAt: null,
            live: true,
          },
          {
            id: 5,
            title: 'Debian',
            state: 'failed',
            node: 'vm-4',
            start: now - day,
            end: now - day / 2,
            endedAt: now - day / 2,
            live: false,
          },
        ]
      : [],
  events,
  ...{ sessions: 2, tokens: 1, sshKeys: 0, images: 1 },
  isMe: one.id === 1,
});

export const newPeople: readonly view.NewPersonView[] = [
  {
    line: 2,
    name: 'ada',
    displayName: 'Ada Lovelace',
    email: 'ada@example.org',
    groups: ['students'],
    problems: [],
    notes: [],
  },
  {
    line: 3,
    name: 'zoë',
    displayName: 'zoë',
    email: null,
    groups: [],
    problems: [
      'A login has a letter, then letters, digits, dots, hyphens or underscores; lower case, at most 60.',
    ],
    notes: [],
  },
  {
    line: 4,
    name: 'stud3nt',
    displayName: 'stud3nt',
    email: null,
    groups: [],
    problems: [],
    notes: ['It looks like student.'],
  },
];
