import { createHash } from 'node:crypto';
import {
  countPeople,
  type PersonListRow,
  personRows,
  personRowsAfter,
} from '../../../db/queries/people-list.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { roles } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { cursorOf, idOfCursor } from '../paging.ts';
import type { PeopleServices } from '../people.ts';
import type { GroupName, PeopleView, PersonView } from '../people-views.ts';
import type { Page, SignedIn } from '../views.ts';
import { refuseOthers } from './guard.ts';

/** Sorted, with how many there are in each state: for people. */
export async function findPeople(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, ...part }: Parameters<PeopleServices['findPeople']>[1],
): Promise<PeopleView> {
  refuseOthers(me);
  return reading(deps.db, async (reader) => {
    const rows = await personRows(reader, filter, part);
    const states = await countPeople(reader, filter);
    const groups = await groupNames(reader);
    const shown = states.filter(({ state }) => (filter.state ? state === filter.state : state !== 'removed'));
    return {
      items: rows.map((row) => personView(row, groups)),
      total: shown.reduce((sum, { n }) => sum + n, 0),
      states: states.map(({ state, n }) => ({ state, count: n })),
      groups: [...groups.values()],
    };
  });
}

/** After a cursor, by id: for programs. */
export async function listPeople(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, cursor, limit }: Parameters<PeopleServices['listPeople']>[1],
): Promise<Page<PersonView>> {
  refuseOthers(me);
  return reading(deps.db, async (reader) => {
    const rows = await personRowsAfter(reader, filter, idOfCursor(cursor) ?? 0, limit + 1);
    const groups = await groupNames(reader);
    const shown = rows.slice(0, limit);
    return {
      items: shown.map((row) => personView(row, groups)),
      next: rows.length > shown.length ? cursorOf(shown.at(-1)) : null,
    };
  });
}

export async function groupNames(reader: Pick<Reader, 'rows'>): Promise<ReadonlyMap<number, GroupName>> {
  const rows = await reader.rows<GroupName>('SELECT id, name FROM user_groups ORDER BY name, id');
  return new Map(rows.map(({ id, name }) => [id, { id, name }]));
}

export function personView(row: PersonListRow, groups: ReadonlyMap<number, GroupName>): PersonView {
  const theirs = new Set((row.group_ids ?? '').split(',').map(Number));
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    email: row.email,
    state: row.removed_at !== null ? 'removed' : row.disabled_at !== null ? 'disabled' : 'active',
    role: roles[Number(row.strength ?? 0)] ?? 'user',
    groups: [...groups.values()].filter(({ id }) => theirs.has(id)),
    reservations: Number(row.live),
    createdAt: Number(row.created_at),
    firstSignedInAt: row.first_signed_in_at === null ? null : Number(row.first_signed_in_at),
    version: versionOf(row),
  };
}

/** The row's own version also moves when its person does something, which takes nothing from what was typed into the form. */
function versionOf({ display_name, email, group_ids, disabled_at, removed_at }: PersonListRow): number {
  const groups = (group_ids ?? '').split(',').sort();
  const text = JSON.stringify([display_name, email, groups, disabled_at !== null, removed_at !== null]);
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
