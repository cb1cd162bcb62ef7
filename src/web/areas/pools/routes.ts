import type { Request, Response } from 'express';
import { z } from 'zod';
import { may } from '../../../domain/may.ts';
import { parse } from '../../input.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { getPool, getRemove, postPool, postRemove, postTest } from './edit.ts';
import { getNew, postNew } from './new.ts';
import { poolsPage } from './pages.ts';

export const poolRoutes: readonly Route[] = [
  { method: 'get', path: '/pools', who: 'pool.read', handle: getPools },
  { method: 'get', path: '/pools/new', who: 'node.manage', handle: getNew },
  { method: 'post', path: '/pools/new', who: 'node.manage', handle: postNew },
  { method: 'get', path: '/pools/:id', who: 'node.manage', handle: getPool },
  { method: 'post', path: '/pools/:id', who: 'node.manage', handle: postPool },
  { method: 'post', path: '/pools/:id/test', who: 'node.manage', handle: postTest },
  { method: 'get', path: '/pools/:id/remove', who: 'node.manage', handle: getRemove },
  { method: 'post', path: '/pools/:id/remove', who: 'node.manage', handle: postRemove },
];

const Query = z.object({ cursor: z.string().max(500).optional() });

async function getPools(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const { cursor } = parse(Query, req.query);
  const page = await web.services.listPools(me, { limit: 100, cursor });
  sendPage(web, res, 'pools/list', { title: 'Pools' }, poolsPage(page, may(me, 'node.manage')));
}
