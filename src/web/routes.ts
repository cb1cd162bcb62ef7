/** The table of routes: every door there is, and whom it lets in. */
import { apiRoutes } from './api/routes.ts';
import { accountRoutes } from './areas/account/routes.ts';
import { attentionRoutes } from './areas/attention/routes.ts';
import { classRoutes } from './areas/blocks/class-routes.ts';
import { blockRoutes } from './areas/blocks/routes.ts';
import { wallRoutes } from './areas/blocks/wall-routes.ts';
import { calendarRoutes } from './areas/calendar/routes.ts';
import { courseRoutes } from './areas/courses/routes.ts';
import { environmentRoutes } from './areas/environments/routes.ts';
import { eventRoutes } from './areas/events/routes.ts';
import { findATimeRoutes } from './areas/find-a-time/routes.ts';
import { groupRoutes } from './areas/groups/routes.ts';
import { helpRoutes } from './areas/help/routes.ts';
import { homeRoutes } from './areas/home/routes.ts';
import { imageRoutes } from './areas/images/routes.ts';
import { loadRoutes } from './areas/loads/routes.ts';
import { maintenanceRoutes } from './areas/maintenance/routes.ts';
import { metricsRoutes } from './areas/metrics.ts';
import { nodeRoutes } from './areas/nodes/routes.ts';
import { peopleRoutes } from './areas/people/routes.ts';
import { poolRoutes } from './areas/pools/routes.ts';
import { predictionRoutes } from './areas/prediction/routes.ts';
import { reservationRoutes } from './areas/reservations/routes.ts';
import { reserveRoutes } from './areas/reserve/routes.ts';
import { scheduleRoutes } from './areas/schedules/routes.ts';
import { searchRoutes } from './areas/search/routes.ts';
import { serverRoutes } from './areas/servers/routes.ts';
import { sessionRoutes } from './areas/session/routes.ts';
import { tabIconRoutes } from './areas/tab-icon.ts';
import { taskRoutes } from './areas/tasks/routes.ts';
import { timelineRoutes } from './areas/timeline/routes.ts';
import { waitingRoutes } from './areas/waiting/routes.ts';
import { whoRoutes } from './areas/who/routes.ts';
import type { Route } from './route.ts';

export const routes: readonly Route[] = [
  ...sessionRoutes,
  ...homeRoutes,
  ...environmentRoutes,
  ...reserveRoutes,
  ...findATimeRoutes,
  ...reservationRoutes,
  ...serverRoutes,
  ...calendarRoutes,
  ...imageRoutes,
  ...attentionRoutes,
  ...nodeRoutes,
  ...loadRoutes,
  ...scheduleRoutes,
  ...maintenanceRoutes,
  ...timelineRoutes,
  ...poolRoutes,
  ...predictionRoutes,
  ...waitingRoutes,
  ...peopleRoutes,
  ...groupRoutes,
  ...courseRoutes,
  ...blockRoutes,
  ...classRoutes,
  ...wallRoutes,
  ...taskRoutes,
  ...eventRoutes,
  ...whoRoutes,
  ...searchRoutes,
  ...metricsRoutes,
  ...accountRoutes,
  ...helpRoutes,
  ...tabIconRoutes,
  ...apiRoutes,
];
