import type { Request, Response } from 'express';
import { timeNow } from '../../../lib/clock.ts';
import { makeClock } from '../../clock.ts';
import { type Frame, type Head, makeFrame } from '../../frame.ts';
import { idIn } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import type { Refusal } from '../../refusal.ts';
import { renderRegion, sendPage, versionsOf } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { type TaskPage, taskPage } from './show-page.ts';

/** The parts of the page that change while it is looked at. */
const regionNames = ['head', 'tree', 'log'] as const;

export async function showTask(
  web: Web,
  res: Response,
  id: number,
  refusal: Refusal | null = null,
): Promise<void> {
  const page = await pageOf(web, res, id, refusal);
  const head = headOf(page);
  const versions = versionsOf(regions(web, makeFrame(web, res, head), page));
  sendPage(web, res, 'tasks/show', head, { ...page, versions });
}

/** The parts as they are now, and again whenever the task or one of its tree has told something, until all have ended. */
export const getTaskEvents: Route['handle'] = async (web: Web, req: Request, res: Response) => {
  const me = meOf(res);
  const id = idIn(req.params.id);
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchTask(me, id, changed)],
    send: async (stream) => {
      const page = await pageOf(web, res, id, null);
      const head = headOf(page);
      const now = regions(web, makeFrame(web, res, head), page);
      stream.write({ data: { now: timeNow(), title: head.title, regions: now } });
      return !page.ended;
    },
  });
};

async function pageOf(web: Web, res: Response, id: number, refusal: Refusal | null): Promise<TaskPage> {
  const me = meOf(res);
  return taskPage(await web.services.getTask(me, id), refusal, makeClock(me.timeZone));
}

function headOf({ id, words, state, ended }: TaskPage): Head {
  const title = `${state.word}: ${words}, task ${id}`;
  return { title, scripts: ['js/live.js'], refresh: ended ? null : 10 };
}

function regions(web: Web, frame: Frame, page: TaskPage) {
  return regionNames.map((name) => renderRegion(web, frame, `tasks/${name}`, page));
}
