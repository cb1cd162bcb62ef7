/** What administrators are answered, as services would answer it. */
import type * as view from '../../src/services/administration-views.ts';

const now = Date.now();
const minute = 60_000;

export const spell: view.SpellView = {
  reservationId: 7,
  user: { id: 3, name: 'student', displayName: 'Sam Student', email: 'sam@example.org' },
  image: 'Tiny Linux',
  imageName: 'tiny',
  node: 'vm-2',
  nodeId: 2,
  address: 'labs.example.org:22041',
  from: now - 50 * minute,
  until: null,
  others: [],
  cameFrom: [
    { address: '198.51.100.7', how: 'connect', at: now - 50 * minute, by: null },
    { address: '2001:db8::7', how: 'terminal', at: now - 20 * minute, by: null },
  ],
};

function task(over: Partial<view.TaskView>): view.TaskView {
  return {
    id: 41,
    parentId: null,
    action: 'new',
    targetType: 'allocation',
    targetId: 9,
    state: 'running',
    result: null,
    attempt: 1,
    createdAt: now - minute,
    runAfter: now - minute,
    endedAt: null,
    holder: 'main',
    place: 'here',
    node: { id: 2, name: 'vm-2' },
    reservation: { id: 7, user: 'student' },
    stopping: false,
    can: { retry: false, stop: true },
    ...over,
  };
}

export const tasks: readonly view.TaskView[] = [
  task({}),
  task({
    ...{ id: 42, action: 'reload', targetType: 'node', targetId: 4, state: 'queued', attempt: 3 },
    ...{ result: 'The image server does not answer.', runAfter: now + 4 * minute, holder: null },
    ...{ node: { id: 4, name: 'vm-4' }, reservation: null, can: { retry: true, stop: true } },
  }),
  task({
    ...{ id: 43, action: 'makeproduction', targetType: 'revision', targetId: 3, state: 'failed' },
    ...{ result: 'Two machines could not be loaded with it.', endedAt: now - 5 * minute, holder: null },
    ...{ node: null, reservation: null, can: { retry: true, stop: false } },
  }),
  task({
    ...{ id: 40, action: 'deleted', state: 'done', endedAt: now - 30 * minute, holder: null },
    ...{ targetType: 'reservation', targetId: 6, can: { retry: false, stop: false } },
  }),
];

export const events: readonly view.EventView[] = [
  {
    ...{ id: 903, at: now - minute, kind: 'progress', text: 'Waiting until it answers.', actor: null },
    ...{
      reservationId: 7,
      node: { id: 2, name: 'vm-2' },
      taskId: 41,
      keptUntil: now + 30 * 24 * 60 * minute,
    },
  },
  {
    ...{ id: 902, at: now - 2 * minute, kind: 'booked', text: 'Booked for 60 minutes.' },
    ...{ actor: { id: 3, name: 'student' }, reservationId: 7, node: null, taskId: null, keptUntil: null },
  },
  {
    ...{ id: 901, at: now - 90 * minute, kind: 'node-failed' },
    ...{ text: 'The node is out of order: Its disk is full.', actor: null, reservationId: null },
    ...{ node: { id: 4, name: 'vm-4' }, taskId: 42, keptUntil: null },
  },
];

export const taskDetail: Pick<view.TaskDetailView, 'stop' | 'tree' | 'log'> = {
  stop: 'The load is cut. The booking goes to another machine.',
  tree: [
    { ...task({ id: 43, action: 'makeproduction', node: null, reservation: null }), depth: 0 },
    { ...task({ parentId: 43 }), depth: 1 },
  ],
  log: [...events].reverse(),
};

export const hits: readonly view.HitView[] = [
  { kind: 'node', id: 2, name: 'vm-2', detail: 'inuse' },
  { kind: 'node', id: 4, name: 'vm-4', detail: 'failed' },
  { kind: 'person', id: 3, name: 'student', detail: 'Sam Student' },
];

export const metrics: view.MetricsView = {
  nodes: [{ name: 'available', value: 3 }],
  reservations: [{ name: 'inuse', value: 1 }],
  tasks: [{ name: 'running', value: 2 }],
  refused: [{ name: 'reservation.limit-overlap', value: 5 }],
  loads: [{ image: 'tiny', pool: 'here', p50: 2.5, p95: 4 }],
};
