import type { Request, Response } from 'express';
import type { TaskAction } from '../../../domain/contracts/task.ts';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { idIn } from '../../input.ts';
import { askedList } from '../../list.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Handler, Route } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { isTaskState, taskCells, taskHeads, tasksList, tasksPage } from './list-page.ts';
import { getTaskEvents, showTask } from './show.ts';
import { actionWords } from './task-words.ts';

export const taskRoutes: readonly Route[] = [
  { method: 'get', path: '/tasks', who: 'task.read', handle: getTasks },
  { method: 'get', path: '/tasks/:id', who: 'task.read', handle: getTask },
  { method: 'get', path: '/tasks/:id/events', who: 'task.read', handle: getTaskEvents },
  { method: 'get', path: '/tasks/:id/stop', who: 'task.manage', handle: getConfirmStop },
  {
    method: 'post',
    path: '/tasks/:id/retry',
    who: 'task.manage',
    handle: act('trying-again', async (web, res, id) => (await web.services.retryTask(meOf(res), id)).taskId),
  },
  {
    method: 'post',
    path: '/tasks/:id/stop',
    who: 'task.manage',
    handle: act('stopping', async (web, res, id) => {
      await web.services.stopTask(meOf(res), id);
      return id;
    }),
  },
];

async function getTasks(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(tasksList, req.query);
  const { state, action, node, reservation } = asked.filter;
  const found = await web.services.findTasks(me, {
    ...asked,
    filter: {
      state: isTaskState(state) ? state : undefined,
      action: action in actionWords ? (action as TaskAction) : undefined,
      node,
      reservation: /^\d{1,9}$/.test(reservation) ? Number(reservation) : undefined,
    },
  });
  if (asked.csv) return sendCsv(res, 'tasks', taskHeads, found.items.map(taskCells));
  const page = tasksPage(asked, found, makeClock(me.timeZone));
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  sendPage(web, res, 'tasks/list', { title: 'Tasks' }, page);
}

async function getTask(web: Web, req: Request, res: Response): Promise<void> {
  await showTask(web, res, idIn(req.params.id));
}

async function getConfirmStop(web: Web, req: Request, res: Response): Promise<void> {
  const { id, action, stop } = await web.services.getTask(meOf(res), idIn(req.params.id));
  const page = {
    question: `Stop “${actionWords[action]}”?`,
    lost: stop,
    action: `/tasks/${id}/stop`,
    button: 'Stop it',
    back: `/tasks/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: page.question }, page);
}

/** Calls one service and goes to the task that it answers with; a refusal is shown with the task. */
function act(said: Said, call: (web: Web, res: Response, id: number) => Promise<number>): Handler {
  return async (web, req, res) => {
    const id = idIn(req.params.id);
    try {
      res.redirect(303, saying(`/tasks/${await call(web, res, id)}`, said));
    } catch (error) {
      await showTask(web, res, id, refusalOf(error, res));
    }
  };
}
