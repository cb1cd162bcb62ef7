import type { Request, Response } from 'express';
import { z } from 'zod';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { idIn, parse } from '../../input.ts';
import { askedList } from '../../list.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { allocationPage } from './allocation-page.ts';
import { allocationCells, allocationHeads } from './cells.ts';
import { timelineList, timelinePage } from './pages.ts';
import { spanOf } from './span.ts';

const one = '/timeline/:id';

export const timelineRoutes: readonly Route[] = [
  { method: 'get', path: '/timeline', who: 'allocations.read', handle: getTimeline },
  {
    ...{ method: 'get', path: one, who: 'allocations.read' },
    handle: (web, req, res) => showAllocation(web, res, idIn(req.params.id)),
  },
  { method: 'post', path: `${one}/move`, who: 'calendar.manage', handle: postMove },
];

const scripts = ['js/choose.js', 'js/timeline.js'];

async function getTimeline(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const asked = askedList(timelineList, req.query);
  const { span: name, from, only, ...filter } = asked.filter;
  const span = spanOf(name, from, clock);
  const found = await web.services.timeline(me, {
    ...asked,
    filter: { ...filter, only: only === 'busy' || only === 'free' ? only : undefined },
    window: { from: span.from, until: span.until },
  });
  if (asked.csv) {
    const rows = found.items.flatMap(({ held }) => held.map(allocationCells));
    return sendCsv(res, 'timeline', allocationHeads, rows);
  }
  const page = timelinePage(asked, span, found, clock);
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  sendPage(web, res, 'timeline/show', { title: 'Timeline', scripts }, page);
}

async function showAllocation(
  web: Web,
  res: Response,
  id: number,
  refusal: Refusal | null = null,
): Promise<void> {
  const me = meOf(res);
  const found = await web.services.getAllocation(me, id);
  const page = allocationPage(found, refusal, makeClock(me.timeZone));
  sendPage(web, res, 'timeline/allocation', { title: page.title }, page);
}

/** Empty: whichever is best. */
const MoveForm = z.object({
  to: z
    .string()
    .regex(/^\d{0,9}$/, 'must be a node.')
    .default('')
    .transform((text) => (text === '' ? undefined : Number(text))),
});

async function postMove(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    const { to } = parse(MoveForm, req.body);
    const moved = await web.services.moveAllocation(meOf(res), id, to);
    res.redirect(303, saying(`/timeline/${moved.id}`, 'moved'));
  } catch (error) {
    await showAllocation(web, res, id, refusalOf(error, res));
  }
}
