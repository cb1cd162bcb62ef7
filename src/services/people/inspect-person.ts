import { eventRowsOfPerson } from '../../../db/queries/events.ts';
import { groupRows } from '../../../db/queries/groups.ts';
import { personRow } from '../../../db/queries/people-list.ts';
import { countsOfPerson, reservationsOfPerson } from '../../../db/queries/person-detail.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { limitSources } from '../../domain/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import type { PersonDetailView } from '../people-views.ts';
import type { SignedIn } from '../views.ts';
import { eventView } from '../work/events.ts';
import { limitsOf } from './groups.ts';
import { refuseOthers } from './guard.ts';
import { personView } from './list.ts';

const lastBookings = 10;
const lastEvents = 20;

/** Everything about one person. */
export async function inspectPerson(deps: ServiceDeps, me: SignedIn, id: number): Promise<PersonDetailView> {
  refuseOthers(me);
  return reading(deps.db, async (reader) => {
    const row = await personRow(reader, id);
    if (!row) throw new LabError('not-found');
    const groups = await groupRows(reader);
    const person = personView(
      row,
      new Map(groups.map((group) => [group.id, { id: group.id, name: group.name }])),
    );
    const mine = new Set(person.groups.map((group) => group.id));
    const theirs = groups.filter((group) => mine.has(group.id));
    const bookings = await reservationsOfPerson(reader, id, lastBookings);
    const counts = await countsOfPerson(reader, id);
    return {
      ...person,
      disabledAt: row.disabled_at === null ? null : Number(row.disabled_at),
      removedAt: row.removed_at === null ? null : Number(row.removed_at),
      limits: limitSources(theirs.map((group) => ({ name: group.name, limits: limitsOf(group) }))),
      bookings: bookings.map((one) => ({
        ...{ id: one.id, title: one.title, state: one.state, node: one.node_name },
        start: Number(one.start_at),
        end: Number(one.ended_at ?? one.end_at),
        endedAt: one.ended_at === null ? null : Number(one.ended_at),
        live: one.live === 1,
      })),
      events: (await eventRowsOfPerson(reader, id, lastEvents)).map(eventView),
      ...{
        sessions: counts.sessions,
        tokens: counts.tokens,
        sshKeys: counts.ssh_keys,
        images: counts.images,
      },
      isMe: id === me.id,
    };
  });
}
