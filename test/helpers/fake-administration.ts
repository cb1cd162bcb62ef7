/** Answers of the administrators' services, for rendering pages without a database. */
import { LabError } from '../../src/domain/errors.ts';
import type { AdministrationServices } from '../../src/services/administration.ts';
import * as sample from './sample-administration.ts';

/** `asked` is told what was changed. */
export function administering(asked: string[]): AdministrationServices {
  const found = (id: number) => {
    const task = sample.tasks.find((one) => one.id === id);
    if (!task) throw new LabError('not-found');
    return task;
  };
  return {
    search: async (_me, typed) => sample.hits.filter(({ name }) => name.startsWith(typed)),
    metrics: async () => sample.metrics,
    whoHadIt: async () => [sample.spell],
    findTasks: async (_me, { filter, offset }) => {
      const items = sample.tasks.filter(
        ({ state, node }) =>
          (!filter.state || state === filter.state) && (!filter.node || node?.name === filter.node),
      );
      const states = sample.tasks.map(({ state }) => ({ state, count: 1 }));
      return { items: items.slice(offset), total: items.length, states };
    },
    listTasks: async () => ({ items: sample.tasks, next: null }),
    getTask: async (_me, id) => ({ ...found(id), ...sample.taskDetail }),
    retryTask: async (_me, id) => {
      if (!found(id).can.retry) throw new LabError('task.no-retry');
      asked.push(`retry-task ${id}`);
      return { taskId: 44 };
    },
    stopTask: async (_me, id) => {
      if (!found(id).can.stop) throw new LabError('task.no-stop');
      asked.push(`stop-task ${id}`);
    },
    watchTask: async () => () => {},
    findEvents: async (_me, { filter, offset }) => {
      const items = sample.events.filter(({ kind }) => !filter.kind || kind === filter.kind);
      return { items: items.slice(offset), total: items.length, kinds: ['booked', 'node-failed'] };
    },
    listEvents: async () => ({ items: sample.events, next: null }),
  };
}
