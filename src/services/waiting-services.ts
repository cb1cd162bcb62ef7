import type { ServiceDeps } from './deps.ts';
import { joinLine, leaveLine } from './waiting/join.ts';
import { acceptOffer } from './waiting/offers.ts';
import { listWaiting, waitingView } from './waiting/read.ts';
import { serveWhenFreed } from './waiting/serve.ts';
import type { WaitingServices } from './waiting.ts';

/** The waiting list; whatever becomes free in this process goes to who is first. */
export function waitingServices(deps: ServiceDeps): WaitingServices {
  serveWhenFreed(deps);
  return {
    wait: async (me, request, once) => waitingView(deps, await joinLine(deps, me, request, once)),
    listWaiting: (me, request) => listWaiting(deps, me, request),
    leaveLine: (me, id) => leaveLine(deps, me, id),
    acceptOffer: (me, id, once) => acceptOffer(deps, me, id, once),
  };
}
