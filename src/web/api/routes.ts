import { z } from 'zod';
import { apiRoot, type Route } from '../route.ts';
import { openApi } from './openapi.ts';
import type { Operation } from './operation.ts';
import { administrationOperations } from './operations/administration.ts';
import { availabilityOperations } from './operations/availability.ts';
import { blockOperations } from './operations/blocks.ts';
import { calendarOperations } from './operations/calendar.ts';
import { classDayOperations } from './operations/class-day.ts';
import { closingOperations } from './operations/closings.ts';
import { courseOperations } from './operations/courses.ts';
import { eventsOperation } from './operations/events.ts';
import { groupOperations } from './operations/groups.ts';
import { imageOperations } from './operations/images.ts';
import { loadOperations } from './operations/loads.ts';
import { machineOperations } from './operations/machines.ts';
import { peopleOperations } from './operations/people.ts';
import { poolOperations } from './operations/pools.ts';
import { predictionOperations } from './operations/prediction.ts';
import { reservationOperations } from './operations/reservations.ts';
import { serverOperations } from './operations/servers.ts';
import { health, siteOperations } from './operations/site.ts';
import { timelineOperations } from './operations/timeline.ts';
import { waitingOperations } from './operations/waiting.ts';

const document: Operation = {
  ...{ id: 'getDocument', method: 'get', path: '/openapi.json', who: 'open' },
  summary: 'This document.',
  answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.literal('3.1.0') }) } },
  handle: (web, _req, res) => void res.json(openApi(operations, web.config.siteName)),
};

export const operations: readonly Operation[] = [
  ...reservationOperations,
  ...waitingOperations,
  ...serverOperations,
  eventsOperation,
  ...calendarOperations,
  ...availabilityOperations,
  ...imageOperations,
  ...machineOperations,
  ...loadOperations,
  ...poolOperations,
  ...predictionOperations,
  ...closingOperations,
  ...timelineOperations,
  ...peopleOperations,
  ...groupOperations,
  ...courseOperations,
  ...blockOperations,
  ...classDayOperations,
  ...administrationOperations,
  ...siteOperations,
  document,
];

export const apiRoutes: readonly Route[] = [
  ...operations.map(({ path, ...operation }) => ({ ...operation, path: `${apiRoot}${path}` })),
  {
    method: 'get',
    path: '/health/live',
    who: 'open',
    handle: (_web, _req, res) => void res.json({ live: true }),
  },
  { method: 'get', path: '/health/ready', who: 'open', handle: health },
];
