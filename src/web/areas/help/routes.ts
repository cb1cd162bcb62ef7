import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';

export const helpRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/help',
    who: 'signed-in',
    handle: (web, _req, res) => sendPage(web, res, 'help/show', { title: 'Help' }, {}),
  },
];
