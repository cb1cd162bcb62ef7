import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
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
  { method: 'get', path: '/loads/:id/console.txt', who: 'node.read', handle: getConsole },
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
  const said = await web.services.loadConsole(me, load.id);
  const page = loadPage(load, said, makeClock(me.timeZone));
  const refresh = load.outcome === 'running' ? 5 : null;
  sendPage(web, res, 'loads/show', { title: `Loading ${load.image}`, refresh }, page);
}

/** As the machine wrote it, to keep. */
async function getConsole(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  const said = await web.services.loadConsole(meOf(res), id);
  if (said === null) throw new LabError('not-found');
  res.attachment(`console-of-load-${id}.txt`).type('text/plain; charset=utf-8').send(said);
}
