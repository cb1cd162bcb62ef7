import type { Request, Response } from 'express';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import type { Handler, Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import { nodeCells, nodeHeads, nodesPage, nodesTable, nodesTiles } from './list-page.ts';

export const nodeRoutes: readonly Route[] = [
  { method: 'get', path: '/nodes', who: 'node.read', handle: getNodes(nodesTable) },
  { method: 'get', path: '/nodes/tiles', who: 'node.read', handle: getNodes(nodesTiles) },
];

function getNodes(kind: typeof nodesTable): Handler {
  return async (web, req: Request, res: Response) => {
    const me = meOf(res);
    const asked = askedList(kind, req.query);
    const found = await web.services.findNodes(me, asked);
    if (asked.csv) return sendCsv(res, 'nodes', nodeHeads, found.items.map(nodeCells));
    const page = nodesPage(kind, asked, found, makeClock(me.timeZone));
    sendPage(web, res, 'nodes/list', { title: 'Nodes' }, page);
  };
}
