import type { TaskState, TasksView, TaskView } from '../../../services/administration-views.ts';
import type { Clock, When } from '../../clock.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { type StateChip, stateChips } from '../../state-chips.ts';
import type { StateWord } from '../reservations/state-words.ts';
import { aboutOf, actionWords, taskStateOrder, taskStateWords } from './task-words.ts';

type Sort = 'state' | 'id';
type Filter = 'state' | 'action' | 'node' | 'reservation';

export const tasksList: ListKind<Sort, Filter> = {
  path: '/tasks',
  sorts: ['state', 'id'],
  sort: 'state',
  filters: ['state', 'action', 'node', 'reservation'],
};

export interface TasksPage {
  readonly list: ListFrame<Sort, Filter>;
  readonly rows: readonly TaskLine[];
  readonly states: readonly StateChip[];
  readonly actions: readonly { readonly name: string; readonly words: string }[];
}

export interface TaskLine {
  readonly id: number;
  readonly href: string;
  readonly words: string;
  readonly about: string;
  readonly reservation: { readonly href: string; readonly user: string } | null;
  readonly state: StateWord;
  readonly result: string | null;
  readonly attempt: number;
  readonly when: When;
  readonly depth: number;
}

export function tasksPage(asked: AskedList<Sort, Filter>, found: TasksView, clock: Clock): TasksPage {
  return {
    list: listFrame(tasksList, asked, found.total),
    rows: found.items.map((task) => taskLine(task, clock)),
    states: stateChips(tasksList, asked.filter, {
      states: taskStateOrder,
      words: taskStateWords,
      counts: found.states,
    }),
    actions: Object.entries(actionWords).map(([name, words]) => ({ name, words: `${name}: ${words}` })),
  };
}

export function taskLine(task: TaskView & { readonly depth?: number }, clock: Clock): TaskLine {
  const { id, action, result, attempt, reservation, depth = 0 } = task;
  return {
    ...{ id, result, attempt, depth },
    href: `/tasks/${id}`,
    words: actionWords[action],
    about: aboutOf(task),
    reservation:
      reservation === null ? null : { href: `/reservations/${reservation.id}`, user: reservation.user },
    state: task.stopping ? { ...taskStateWords.running, word: 'Stopping' } : taskStateWords[task.state],
    when: clock.when(whenOf(task)),
  };
}

/** When it ended, when it runs, or since when it waits. */
function whenOf({ state, endedAt, runAfter, createdAt }: TaskView): number {
  if (endedAt !== null) return endedAt;
  return state === 'queued' ? runAfter : createdAt;
}

export function isTaskState(typed: string): typed is TaskState {
  return (taskStateOrder as readonly string[]).includes(typed);
}

export const taskHeads = [
  ...['id', 'parent', 'action', 'state', 'result', 'attempt', 'created', 'runAfter', 'ended'],
  ...['node', 'reservation', 'user', 'place', 'holder'],
];

export function taskCells(task: TaskView): (string | number | null)[] {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const { id, parentId, action, state, result, attempt, createdAt, runAfter, endedAt, node, place } = task;
  return [
    ...[id, parentId, action, state, result, attempt, iso(createdAt), iso(runAfter), iso(endedAt)],
    ...[node?.name ?? null, task.reservation?.id ?? null, task.reservation?.user ?? null, place, task.holder],
  ];
}
