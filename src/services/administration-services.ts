import type { AdministrationServices } from './administration.ts';
import type { ServiceDeps } from './deps.ts';
import { metrics } from './fleet/metrics.ts';
import { search } from './fleet/search.ts';
import { whoHadIt } from './fleet/who-had-it.ts';
import { retryTask, stopTask } from './work/change-task.ts';
import { findEvents, listEvents } from './work/events.ts';
import { findTasks, getTask, listTasks, watchTask } from './work/tasks.ts';

/** What administrators ask of the whole installation. */
export function administrationServices(deps: ServiceDeps): AdministrationServices {
  return {
    findTasks: (me, request) => findTasks(deps, me, request),
    listTasks: (me, request) => listTasks(deps, me, request),
    getTask: (me, id) => getTask(deps, me, id),
    retryTask: (me, id, once) => retryTask(deps, me, id, once),
    stopTask: (me, id, once) => stopTask(deps, me, id, once),
    watchTask: (me, id, changed) => watchTask(deps, me, id, changed),
    findEvents: (me, request) => findEvents(deps, me, request),
    listEvents: (me, request) => listEvents(deps, me, request),
    search: (me, typed) => search(deps, me, typed),
    metrics: () => metrics(deps),
    whoHadIt: (me, request) => whoHadIt(deps, me, request),
  };
}
