import {
  countEvents,
  type EventListRow,
  eventKinds,
  eventListRows,
  eventRowsBefore,
} from '../../../db/queries/events.ts';
import { eventsKept } from '../../../db/repositories/events.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { AdministrationServices, EventFilter } from '../administration.ts';
import type { EventView } from '../administration-views.ts';
import type { ServiceDeps } from '../deps.ts';
import { cursorOf, idOfCursor } from '../paging.ts';
import type { PageRequest } from '../services.ts';
import type { Page, SignedIn } from '../views.ts';
import { eventSentence } from './event-sentence.ts';

type Asked = Parameters<AdministrationServices['findEvents']>[1];

/** Nobody turns more pages; older ones are found by their time. */
const mostListed = 10_000;

export async function findEvents(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, descending, offset, limit }: Asked,
): ReturnType<AdministrationServices['findEvents']> {
  if (!may(me, 'events.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await eventListRows(reader, filter, { ascending: !descending, offset, limit });
    return {
      items: rows.map(eventView),
      total: await countEvents(reader, filter, mostListed),
      kinds: await eventKinds(reader),
    };
  });
}

export async function listEvents(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, cursor, limit }: PageRequest & { readonly filter: EventFilter },
): Promise<Page<EventView>> {
  if (!may(me, 'events.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await eventRowsBefore(reader, filter, idOfCursor(cursor), limit + 1);
    const shown = rows.slice(0, limit);
    return { items: shown.map(eventView), next: rows.length > shown.length ? cursorOf(shown.at(-1)) : null };
  });
}

export function eventView(row: EventListRow): EventView {
  const kept = eventsKept[row.retention];
  return {
    id: row.id,
    at: Number(row.at),
    kind: row.kind,
    text: eventSentence(row.kind, JSON.parse(row.data) as Record<string, unknown>, row.actor_name),
    actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? 'somebody' },
    reservationId: row.reservation_id,
    node: row.node_id === null ? null : { id: row.node_id, name: row.node_name ?? `node ${row.node_id}` },
    taskId: row.task_id,
    keptUntil: kept === null ? null : Number(row.at) + kept,
  };
}
