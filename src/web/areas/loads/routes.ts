import type { Request, Response } from 'express';
import { loadOutcomes } from '../../../domain/load-phases.ts';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { idIn } from '../../input.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { loadCells, loadHeads, loadsList, loadsPage } from './list-page.ts';
import { loadPage } from './show-page.ts';

export const loadRoutes: readonly Route[] = [
  { method: 'get', path: '/loads', who: 'node.read', handle: getLoads },
  { method: 'get', path: '/loads/:id', who: 'node.read', handle: getLoad },
];

async function getLoads(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(loadsList, req.query);
  const { state, node, image, pool, slower } = asked.filter;
  const found = await web.services.findLoads(me, {
    ...asked,
    filter: {
      outcome: loadOutcomes.find((outcome) => outcome === state),
      ...{ node, image, pool },
      slower: slower !== '',
    },
  });
  if (asked.csv) return sendCsv(res, 'loads', loadHeads, found.items.map(loadCells));
  const page = loadsPage(asked, found, makeClock(me.timeZone));
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  sendPage(web, res, 'loads/list', { title: 'Loads' }, page);
}

async function getLoad(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const load = await web.services.getLoad(me, idIn(req.params.id));
  const page = loadPage(load, makeClock(me.timeZone));
  const refresh = load.outcome === 'running' ? 5 : null;
  sendPage(web, res, 'loads/show', { title: `Loading ${load.image}`, refresh }, page);
}
