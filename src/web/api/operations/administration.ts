import type { TaskAction } from '../../../domain/contracts/task.ts';
import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentPage } from '../present.ts';
import * as present from '../present-administration.ts';
import * as schema from '../schemas/administration.ts';
import { pageOf } from '../schemas/common.ts';

const listTasks = defineOperation({
  ...{ id: 'listTasks', method: 'get', path: '/tasks', who: 'task.read' },
  summary: 'The daemon’s work, newest first.',
  query: schema.TasksQuery,
  answers: { 200: { description: 'A page of it.', schema: pageOf(schema.TaskSchema) } },
  async run({ services, me, query: { limit, cursor, action, ...rest } }) {
    const filter = { ...rest, action: action as TaskAction | undefined };
    const found = await services.listTasks(me, { limit, cursor, filter });
    return { status: 200, body: presentPage(found, present.presentTask) };
  },
});

const getTask = defineOperation({
  ...{ id: 'getTask', method: 'get', path: '/tasks/:id', who: 'task.read' },
  summary: 'A task with its tree and what all of it told.',
  answers: { 200: { description: 'The task.', schema: schema.TaskDetailSchema } },
  async run({ services, me, req }) {
    const task = await services.getTask(me, idIn(req.params.id));
    return { status: 200, body: present.presentTaskDetail(task) };
  },
});

const retryTask = defineOperation({
  ...{ id: 'retryTask', method: 'post', path: '/tasks/:id/retry', who: 'task.manage' },
  summary: 'Tries a failed task again; one that waits for its next try runs now.',
  answers: { 202: { description: 'The task that does it.', schema: schema.TaskBegunSchema } },
  async run({ services, me, req, once }) {
    const { taskId: task } = await services.retryTask(me, idIn(req.params.id), once);
    return { status: 202, body: { task } };
  },
});

const stopTask = defineOperation({
  ...{ id: 'stopTask', method: 'post', path: '/tasks/:id/stop', who: 'task.manage' },
  summary: 'Stops a task; what it means stands in the task’s `stop`.',
  answers: { 202: { description: 'It is being stopped.', schema: schema.TaskBegunSchema } },
  async run({ services, me, req, once }) {
    const task = idIn(req.params.id);
    await services.stopTask(me, task, once);
    return { status: 202, body: { task } };
  },
});

const listEvents = defineOperation({
  ...{ id: 'listEvents', method: 'get', path: '/events', who: 'events.read' },
  summary: 'Everything that happened, newest first.',
  query: schema.EventsQuery,
  answers: { 200: { description: 'A page of it.', schema: pageOf(schema.AuditEventSchema) } },
  async run({ services, me, query: { limit, cursor, ...filter } }) {
    const found = await services.listEvents(me, { limit, cursor, filter });
    return { status: 200, body: presentPage(found, present.presentAuditEvent) };
  },
});

const whoHadIt = defineOperation({
  ...{ id: 'whoHadIt', method: 'get', path: '/who-had-it', who: 'events.read' },
  summary: 'Whose an address or a node was at a time, and from where they came; kept a year.',
  query: schema.WhoQuery,
  answers: { 200: { description: 'All who may be meant.', schema: pageOf(schema.SpellSchema) } },
  async run({ services, me, query }) {
    const found = await services.whoHadIt(me, query);
    return { status: 200, body: { items: found.map(present.presentSpell), next: null } };
  },
});

export const administrationOperations: readonly Operation[] = [
  listTasks,
  getTask,
  retryTask,
  stopTask,
  listEvents,
  whoHadIt,
];
