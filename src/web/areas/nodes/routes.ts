import type { Request, Response } from 'express';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { idIn } from '../../input.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import type { Handler, Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { getAdd, postAdd } from './add.ts';
import { getDiscovered, getDiscoveredEvents, postIgnored } from './discovered.ts';
import { getHardware, postHardware } from './hardware.ts';
import { nodeCells, nodeHeads, nodesPage, nodesTable, nodesTiles } from './list-page.ts';
import { getOrdered } from './ordered.ts';
import { getOrders, postOrders } from './orders.ts';
import { getPlaces, postPlaces } from './places.ts';
import { getRacks, getRacksEvents } from './racks.ts';
import { getNode, getNodeEvents } from './show.ts';

export const nodeRoutes: readonly Route[] = [
  { method: 'get', path: '/nodes', who: 'node.read', handle: getNodes(nodesTable) },
  { method: 'get', path: '/nodes/tiles', who: 'node.read', handle: getNodes(nodesTiles) },
  { method: 'get', path: '/nodes/racks', who: 'node.read', handle: getRacks },
  { method: 'get', path: '/nodes/racks/events', who: 'node.read', handle: getRacksEvents },
  { method: 'get', path: '/nodes/places', who: 'node.manage', handle: getPlaces },
  { method: 'post', path: '/nodes/places', who: 'node.manage', handle: postPlaces, large: true },
  { method: 'get', path: '/nodes/orders', who: 'node.manage', handle: getOrders },
  { method: 'post', path: '/nodes/orders', who: 'node.manage', handle: postOrders },
  { method: 'get', path: '/nodes/orders/events', who: 'node.manage', handle: getOrdered },
  { method: 'get', path: '/nodes/add', who: 'node.manage', handle: getAdd },
  { method: 'post', path: '/nodes/add', who: 'node.manage', handle: postAdd, large: true },
  { method: 'get', path: '/nodes/discovered', who: 'node.read', handle: getDiscovered },
  { method: 'get', path: '/nodes/discovered/events', who: 'node.read', handle: getDiscoveredEvents },
  { method: 'post', path: '/nodes/discovered/:id/ignore', who: 'node.manage', handle: postIgnored(true) },
  { method: 'post', path: '/nodes/discovered/:id/show', who: 'node.manage', handle: postIgnored(false) },
  { method: 'get', path: '/nodes/:id/hardware', who: 'node.manage', handle: getHardware },
  { method: 'post', path: '/nodes/:id/hardware', who: 'node.manage', handle: postHardware },
  { method: 'post', path: '/nodes/:id/ticket', who: 'node.manage', handle: postTicket },
  { method: 'get', path: '/nodes/:id', who: 'node.read', handle: getNode },
  { method: 'get', path: '/nodes/:id/events', who: 'node.read', handle: getNodeEvents },
];

function getNodes(kind: typeof nodesTable): Handler {
  return async (web, req: Request, res: Response) => {
    const me = meOf(res);
    const asked = askedList(kind, req.query);
    const found = await web.services.findNodes(me, asked);
    if (asked.csv) return sendCsv(res, 'nodes', nodeHeads, found.items.map(nodeCells));
    const page = nodesPage(kind, asked, found, makeClock(me.timeZone));
    if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
    sendPage(web, res, 'nodes/list', { title: 'Nodes', scripts: ['js/choose.js'] }, page);
  };
}

/** For our own scripts alone: to look at its console. */
async function postTicket(web: Web, req: Request, res: Response): Promise<void> {
  res.json({ ticket: await web.services.consoleTicket(meOf(res), idIn(req.params.id), req.ip ?? '') });
}
