import type { AdministrationServices } from './administration.ts';
import type { ServiceDeps } from './deps.ts';
import { whoHadIt } from './fleet/who-had-it.ts';

/** What administrators ask of the whole installation. */
export function administrationServices(deps: ServiceDeps): AdministrationServices {
  return {
    whoHadIt: (me, request) => whoHadIt(deps, me, request),
  };
}
