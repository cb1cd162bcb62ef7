import { eventsOfTasks } from '../../../db/queries/events.ts';
import {
  countTasks,
  type TaskListRow,
  taskRows,
  taskRowsBefore,
  taskStates,
  taskTree,
} from '../../../db/queries/tasks.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { stopMeans, whyNotStopped } from '../../domain/stopping.ts';
import type { AdministrationServices, TaskFilter } from '../administration.ts';
import type { TaskDetailView, TaskState, TasksView, TaskView } from '../administration-views.ts';
import type { ServiceDeps } from '../deps.ts';
import { cursorOf, idOfCursor } from '../paging.ts';
import { watch } from '../reservations/watch.ts';
import type { PageRequest } from '../services.ts';
import type { Page, SignedIn } from '../views.ts';
import { eventView } from './events.ts';

type Asked = Parameters<AdministrationServices['findTasks']>[1];

export async function findTasks(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, sort, descending, offset, limit }: Asked,
): Promise<TasksView> {
  if (!may(me, 'task.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const counts = await countTasks(reader, filter);
    const byState = sort === 'state';
    // by state: what runs comes first, and the newest of it
    const ascending = byState ? descending : !descending;
    const rows = await taskRows(reader, filter, { counts, byState, ascending, offset, limit });
    const shown: readonly TaskState[] = filter.state ? [filter.state] : taskStates;
    return {
      items: rows.map(taskView),
      total: shown.reduce((sum, state) => sum + counts[state], 0),
      states: taskStates.map((state) => ({ state, count: counts[state] })),
    };
  });
}

export async function listTasks(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, cursor, limit }: PageRequest & { readonly filter: TaskFilter },
): Promise<Page<TaskView>> {
  if (!may(me, 'task.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await taskRowsBefore(reader, filter, idOfCursor(cursor), limit + 1);
    const shown = rows.slice(0, limit);
    return { items: shown.map(taskView), next: rows.length > shown.length ? cursorOf(shown.at(-1)) : null };
  });
}

const mostLines = 1_000;

export async function getTask(deps: ServiceDeps, me: SignedIn, id: number): Promise<TaskDetailView> {
  if (!may(me, 'task.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await taskTree(reader, id);
    const row = rows.find((one) => one.id === id);
    if (!row) throw new LabError('not-found');
    const log = await eventsOfTasks(
      reader,
      rows.map((one) => one.id),
      mostLines,
    );
    return {
      ...taskView(row),
      stop: stopMeans[row.action] ?? whyNotStopped(row.action),
      tree: inOrder(rows),
      log: log.map(eventView),
    };
  });
}

/** Each before its children. */
function inOrder(rows: readonly TaskListRow[]): TaskDetailView['tree'] {
  const below = (parent: number, depth: number): TaskDetailView['tree'][number][] =>
    rows
      .filter((row) => row.parent_id === parent)
      .flatMap((row) => [{ ...taskView(row), depth }, ...below(row.id, depth + 1)]);
  const [root] = rows;
  return root ? [{ ...taskView(root), depth: 0 }, ...below(root.id, 1)] : [];
}

export async function watchTask(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changed: () => void,
): Promise<() => void> {
  await getTask(deps, me, id);
  return watch(deps.db, `task ${id}`, (reader) => pulseOf(reader, id), changed);
}

async function pulseOf(reader: Reader, id: number): Promise<string> {
  const rows = await taskTree(reader, id);
  const [last] = await eventsOfTasks(
    reader,
    rows.map((row) => row.id),
    1,
  );
  const states = rows.map((row) => `${row.id}${row.status}${row.attempt}${row.run_after}${row.terminate}`);
  return `${states.join()}:${last?.id}`;
}

function taskView(row: TaskListRow): TaskView {
  const open = row.status === 'queued' || row.status === 'running';
  const stopping = open && row.terminate > 0;
  return {
    id: row.id,
    parentId: row.parent_id,
    action: row.action,
    targetType: row.target_type,
    targetId: row.target_id,
    state: row.status,
    result: row.result,
    attempt: row.attempt,
    createdAt: Number(row.created_at),
    runAfter: Number(row.run_after),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    holder: row.claimed_by?.split(':')[0] ?? null,
    place: row.place_name,
    node: row.node_id === null ? null : { id: row.node_id, name: row.node_name ?? `node ${row.node_id}` },
    reservation:
      row.reservation_id === null ? null : { id: row.reservation_id, user: row.user_name ?? 'somebody' },
    stopping,
    can: {
      retry: row.status === 'failed' || (row.status === 'queued' && row.attempt > 1 && !stopping),
      // a booking that has not begun is ended, not stopped
      stop:
        open &&
        !stopping &&
        stopMeans[row.action] !== null &&
        !(row.action === 'new' && row.status === 'queued'),
    },
  };
}
