import { LabError } from '../../../domain/errors.ts';
import type { ConnectionView, ExtensionView, SignedIn } from '../../../services/views.ts';
import type { Web } from '../../web.ts';
import type { ReservationFacts } from './pages.ts';

/** Asks the services for everything a look at this reservation needs. Throws `not-found` for another's. */
export async function reservationFacts(web: Web, me: SignedIn, id: number): Promise<ReservationFacts> {
  const reservation = await web.services.getReservation(me, id);
  const { can } = reservation;
  const [history, loads, connection, extension] = await Promise.all([
    web.services.history(me, id),
    web.services.loadsFor(me, id),
    can.connect ? connectionIfOpen(web, me, id) : null,
    can.extend ? extensionIfAny(web, me, id) : null,
  ]);
  return { reservation, history, loads, connection, extension, me };
}

async function connectionIfOpen(web: Web, me: SignedIn, id: number): Promise<ConnectionView | null> {
  return web.services.connection(me, id).catch(nothingYet);
}

async function extensionIfAny(web: Web, me: SignedIn, id: number): Promise<ExtensionView | null> {
  return web.services.extension(me, id).catch(nothingYet);
}

/** Not connected, not ready, or changed between two questions: the page shows what there is. */
function nothingYet(error: unknown): null {
  if (error instanceof LabError && error.code !== 'defect') return null;
  throw error;
}
