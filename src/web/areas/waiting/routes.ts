import type { Request, Response } from 'express';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { sortedWaiting, waitingCells, waitingHeads, waitingList, waitingPage } from './list-page.ts';

export const waitingRoutes: readonly Route[] = [
  { method: 'get', path: waitingList.path, who: 'allocations.read', handle: getWaiting },
];

async function getWaiting(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(waitingList, req.query);
  const all = await web.services.listWaiting(me, { everybody: true });
  if (asked.csv) return sendCsv(res, 'waiting', waitingHeads, sortedWaiting(asked, all).map(waitingCells));
  const page = waitingPage(asked, all, makeClock(me.timeZone));
  sendPage(web, res, 'waiting/list', { title: 'Waiting' }, page);
}
