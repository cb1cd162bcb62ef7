import {
  type GroupListRow,
  groupRow,
  groupRows,
  imagesOfGroup,
  serversOfGroup,
} from '../../../db/queries/groups.ts';
import { personRows } from '../../../db/queries/people-list.ts';
import type { GroupRow } from '../../../db/rows.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import type { Limits } from '../../domain/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import type { GroupDetailView, GroupView } from '../people-views.ts';
import type { SignedIn } from '../views.ts';
import { refuseOthers } from './guard.ts';
import { groupNames, personView } from './list.ts';

/** More members than a page shows are found in the list of people. */
const mostMembers = 10_000;

export async function listGroups(deps: ServiceDeps, me: SignedIn): Promise<readonly GroupView[]> {
  refuseOthers(me);
  return (await reading(deps.db, groupRows)).map(groupView);
}

/** One group with its people, the images that were published to it, and the servers that name it. */
export async function inspectGroup(deps: ServiceDeps, me: SignedIn, id: number): Promise<GroupDetailView> {
  refuseOthers(me);
  return reading(deps.db, async (reader) => {
    const row = await groupRow(reader, id);
    if (!row) throw new LabError('not-found');
    const part = { sort: 'name', descending: false, offset: 0, limit: mostMembers } as const;
    const people = await personRows(reader, { group: row.name }, part);
    const names = await groupNames(reader);
    const servers = await serversOfGroup(reader, id);
    return {
      ...groupView(row),
      sharedImages: await imagesOfGroup(reader, id),
      people: people.map((person) => personView(person, names)),
      isCourse: Number(row.courses) === 1,
      servers,
      hangs: whatHangs(row, servers),
    };
  });
}

export function groupView(row: GroupListRow): GroupView {
  const { id, name, role, version } = row;
  return {
    id,
    name,
    role,
    limits: limitsOf(row),
    members: Number(row.members),
    images: Number(row.images),
    version,
  };
}

export function limitsOf(row: GroupRow): Limits {
  return {
    initialMinutes: row.initial_minutes,
    totalMinutes: row.total_minutes,
    extendMinutes: row.extend_minutes,
    overlap: row.overlap,
    daysAhead: row.days_ahead,
    upcoming: row.upcoming,
    servers: row.servers,
  };
}

/** What keeps a group from being deleted, in a sentence; null when nothing does. */
export function whatHangs(row: GroupListRow, servers: readonly { readonly name: string }[]): string | null {
  const { members, images, courses } = {
    members: Number(row.members),
    images: Number(row.images),
    courses: Number(row.courses),
  };
  const says = [
    ...(courses > 0 ? ['it is a course'] : []),
    ...(members > 0 ? [members === 1 ? 'one person is in it' : `${members} people are in it`] : []),
    ...(images > 0
      ? [images === 1 ? 'one image is published to it' : `${images} images are published to it`]
      : []),
    ...(servers.length > 0 ? [namedBy(servers.map(({ name }) => name))] : []),
  ];
  const sentence = inALine.format(says);
  return sentence === '' ? null : `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;
}

const inALine = new Intl.ListFormat('en-GB');
const mostNamed = 5;

function namedBy(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const shown = more > 0 ? [...names.slice(0, mostNamed), `${more} more`] : names;
  return `the ${names.length === 1 ? 'server' : 'servers'} ${inALine.format(shown)} ${names.length === 1 ? 'names' : 'name'} it`;
}
