import type { Request, Response } from 'express';
import { z } from 'zod';
import { may } from '../../../domain/may.ts';
import { parse } from '../../input.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { nodesPage, poolsPage } from './pages.ts';

export const machineRoutes: readonly Route[] = [
  { method: 'get', path: '/nodes', who: 'node.read', handle: getNodes },
  { method: 'get', path: '/pools', who: 'pool.read', handle: getPools },
];

const Query = z.object({ cursor: z.string().max(500).optional() });

async function getNodes(web: Web, req: Request, res: Response): Promise<void> {
  const { cursor } = parse(Query, req.query);
  const page = await web.services.listNodes(meOf(res), { limit: 100, cursor });
  sendPage(web, res, 'machines/nodes', { title: 'Machines' }, nodesPage(page));
}

async function getPools(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const { cursor } = parse(Query, req.query);
  const page = await web.services.listPools(me, { limit: 100, cursor });
  sendPage(web, res, 'machines/pools', { title: 'Pools' }, poolsPage(page, may(me, 'node.read')));
}
