import type { Request, Response } from 'express';
import { may } from '../../../domain/may.ts';
import { sendCsv } from '../../csv.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { getPool, getRemove, postPool, postRemove, postTest } from './edit.ts';
import { getNetwork, postNetwork } from './network.ts';
import { getNew, postNew } from './new.ts';
import { poolCells, poolHeads, poolsList, poolsPage } from './pages.ts';

export const poolRoutes: readonly Route[] = [
  { method: 'get', path: '/pools', who: 'pool.read', handle: getPools },
  { method: 'get', path: '/pools/new', who: 'node.manage', handle: getNew },
  { method: 'post', path: '/pools/new', who: 'node.manage', handle: postNew },
  { method: 'get', path: '/pools/:id', who: 'node.manage', handle: getPool },
  { method: 'post', path: '/pools/:id', who: 'node.manage', handle: postPool },
  { method: 'post', path: '/pools/:id/test', who: 'node.manage', handle: postTest },
  { method: 'get', path: '/pools/:id/network', who: 'node.manage', handle: getNetwork },
  { method: 'post', path: '/pools/:id/network', who: 'node.manage', handle: postNetwork },
  { method: 'get', path: '/pools/:id/remove', who: 'node.manage', handle: getRemove },
  { method: 'post', path: '/pools/:id/remove', who: 'node.manage', handle: postRemove },
];

async function getPools(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(poolsList, req.query);
  const found = await web.services.findPools(me, asked);
  if (asked.csv) return sendCsv(res, 'pools', poolHeads, found.items.map(poolCells));
  const page = poolsPage(asked, found, may(me, 'node.manage'));
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  sendPage(web, res, 'pools/list', { title: 'Pools' }, page);
}
