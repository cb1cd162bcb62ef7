import { keyServices } from './accounts/keys-and-tokens.ts';
import { passwordServices } from './accounts/passwords.ts';
import { announcementServices, preferenceServices } from './accounts/preferences.ts';
import { signInServices } from './accounts/sign-in.ts';
import { administrationServices } from './administration-services.ts';
import { blockServices } from './block-services.ts';
import { calendarServices } from './calendar/calendar-services.ts';
import { catalogServices } from './catalog/catalog-services.ts';
import { maintenanceServices } from './closings/maintenance.ts';
import { scheduleServices } from './closings/schedules.ts';
import { courseServices } from './course-services.ts';
import type { ServiceDeps } from './deps.ts';
import { fleetServices } from './fleet/fleet-services.ts';
import { peopleServices } from './people-services.ts';
import { predictionServices } from './prediction/prediction.ts';
import { reservationServices } from './reservations/reservation-services.ts';
import { serverServices } from './server-services.ts';
import type { Services } from './services.ts';
import { timelineServices } from './timeline/timeline.ts';
import { waitingServices } from './waiting-services.ts';

/** Every user intention, made from its parts. */
export function createServices(deps: ServiceDeps): Services {
  return {
    ...signInServices(deps),
    ...passwordServices(deps),
    ...keyServices(deps),
    ...preferenceServices(deps),
    ...announcementServices(deps),
    ...catalogServices(deps),
    ...reservationServices(deps),
    ...fleetServices(deps),
    ...scheduleServices(deps),
    ...maintenanceServices(deps),
    ...administrationServices(deps),
    ...peopleServices(deps),
    ...courseServices(deps),
    ...blockServices(deps),
    ...predictionServices(deps),
    ...timelineServices(deps),
    ...waitingServices(deps),
    ...calendarServices(deps),
    ...serverServices(deps),
  };
}
