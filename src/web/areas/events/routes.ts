import type { Request, Response } from 'express';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { eventCells, eventHeads, eventsList, eventsPage } from './list-page.ts';

export const eventRoutes: readonly Route[] = [
  { method: 'get', path: '/events', who: 'events.read', handle: getEvents },
];

async function getEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const asked = askedList(eventsList, req.query);
  const { kind, person, node, reservation, from, to } = asked.filter;
  const found = await web.services.findEvents(me, {
    ...asked,
    filter: {
      ...{ kind, person, node },
      reservation: /^\d{1,9}$/.test(reservation) ? Number(reservation) : undefined,
      from: clock.timeIn(from),
      to: clock.timeIn(to),
    },
  });
  if (asked.csv) return sendCsv(res, 'events', eventHeads, found.items.map(eventCells));
  const page = eventsPage(asked, found, clock);
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  sendPage(web, res, 'events/list', { title: 'Events' }, page);
}
