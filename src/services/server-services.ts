import type { ServiceDeps } from './deps.ts';
import { changeServer } from './servers/change.ts';
import { listServers, serverChoices } from './servers/list.ts';
import { takeServer } from './servers/take.ts';
import type { ServerServices } from './servers.ts';

/** Everything about servers that is not about every reservation. */
export function serverServices(deps: ServiceDeps): ServerServices {
  return {
    listServers: (me, request) => listServers(deps, me, request),
    serverChoices: (me) => serverChoices(deps, me),
    takeServer: (me, request, once) => takeServer(deps, me, request, once),
    changeServer: (me, id, changes, once) => changeServer(deps, me, id, changes, once),
  };
}
