import type { HistoryLine, ReservationView } from '../../../services/views.ts';
import { idIn } from '../../input.ts';
import { openStream, type Stream } from '../../stream.ts';
import { type Call, defineOperation } from '../operation.ts';
import { presentEvent, presentReservation } from '../present.ts';
import { EventSchema } from '../schemas/reservations.ts';

/** The history, then each new event as it happens. `Last-Event-ID` goes on where a reader was cut off. */
export const eventsOperation = defineOperation({
  ...{ id: 'watchReservation', method: 'get', path: '/reservations/:id/events', who: 'signed-in' },
  summary: 'Server-sent events: what happened and happens to it, until it is over.',
  headers: { 'Last-Event-ID': 'Only what came after this event.' },
  answers: { 200: { description: 'A stream of events.', schema: EventSchema, type: 'text/event-stream' } },
  async run(call) {
    const id = idIn(call.req.params.id);
    await call.services.getReservation(call.me, id);
    const cursor = makeCursor(call.req.get('last-event-id'));
    await openStream(call.req, call.res, {
      watch: async (changed) => [await call.services.watchReservation(call.me, id, changed)],
      send: (stream) => sendNew(call, id, cursor, stream),
    });
    return null;
  },
});

interface Cursor {
  readonly from: number | undefined;
  readonly sent: Set<number>;
}

function makeCursor(header: string | undefined): Cursor {
  return {
    from: header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined,
    sent: new Set(),
  };
}

type Reader = Call<unknown, unknown>;

async function sendNew(
  { services, me }: Reader,
  id: number,
  cursor: Cursor,
  stream: Stream,
): Promise<boolean> {
  const reservation = await services.getReservation(me, id);
  const lines = await services.history(me, id, cursor.from);
  for (const line of lines) sendOnce(line, reservation, cursor, stream);
  stream.write({ event: 'reservation', data: presentReservation(reservation) });
  return reservation.state !== 'complete' && reservation.state !== 'failed';
}

/** Ids may commit out of order: what was sent is remembered, not how far it had got. */
function sendOnce(line: HistoryLine, reservation: ReservationView, { sent }: Cursor, stream: Stream): void {
  if (sent.has(line.id)) return;
  sent.add(line.id);
  stream.write({ id: line.id, data: presentEvent(line, reservation) });
}
