/** People and groups as the API writes them. */
import type { z } from 'zod';
import type * as view from '../../services/people-views.ts';
import { presentAuditEvent } from './present-administration.ts';
import type * as schema from './schemas/people.ts';

type Json<Schema extends z.ZodType> = z.output<Schema>;

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

export function presentPerson(person: view.PersonView): Json<typeof schema.PersonSchema> {
  const { id, name, displayName, email, state, role, reservations, version } = person;
  return {
    ...{ id, name, displayName, email, state, role, reservations, version },
    groups: person.groups.map((group) => group.name),
    createdAt: iso(person.createdAt),
    firstSignedInAt: isoOrNull(person.firstSignedInAt),
  };
}

export function presentPersonDetail(person: view.PersonDetailView): Json<typeof schema.PersonDetailSchema> {
  const { sessions, tokens, sshKeys, images } = person;
  return {
    ...presentPerson(person),
    disabledAt: isoOrNull(person.disabledAt),
    removedAt: isoOrNull(person.removedAt),
    limits: person.limits.map((one) => ({ ...one, from: [...one.from] })),
    bookings: person.bookings.map((one) => ({ ...one, start: iso(one.start), end: iso(one.end) })),
    events: person.events.map(presentAuditEvent),
    ...{ sessions, tokens, sshKeys, images },
  };
}

export function presentNewPerson(
  row: view.NewPersonView,
): Json<typeof schema.NewPeopleSchema>['rows'][number] {
  const { groups, problems, notes, id = null, password = null, ...rest } = row;
  return { ...rest, groups: [...groups], problems: [...problems], notes: [...notes], id, password };
}

export function presentGroupDetail(group: view.GroupDetailView): Json<typeof schema.GroupDetailSchema> {
  const { people, sharedImages, servers } = group;
  return {
    ...group,
    people: people.map(presentPerson),
    sharedImages: [...sharedImages],
    servers: [...servers],
  };
}
