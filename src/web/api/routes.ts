import { apiRoot, type Route } from '../route.ts';
import { openApi } from './openapi.ts';
import type { Operation } from './operation.ts';
import { eventsOperation } from './operations/events.ts';
import { machineOperations } from './operations/machines.ts';
import { reservationOperations } from './operations/reservations.ts';
import { health, siteOperations } from './operations/site.ts';

export const operations: readonly Operation[] = [
  ...reservationOperations,
  eventsOperation,
  ...machineOperations,
  ...siteOperations,
];

export const apiRoutes: readonly Route[] = [
  ...operations.map(({ method, path, who, handle }) => ({ method, path: `${apiRoot}${path}`, who, handle })),
  {
    method: 'get',
    path: `${apiRoot}/openapi.json`,
    who: 'open',
    handle: (web, _req, res) => void res.json(openApi(operations, web.config.siteName)),
  },
  {
    method: 'get',
    path: '/health/live',
    who: 'open',
    handle: (_web, _req, res) => void res.json({ live: true }),
  },
  { method: 'get', path: '/health/ready', who: 'open', handle: health },
];
