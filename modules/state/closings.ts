import {
  type ClosedBooking,
  type ClosingsDue,
  type MaintenanceFacts,
  maintenanceWarning,
  type TakenBooking,
} from '../../src/domain/contracts/closings.ts';
import { later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import type { StateWriter } from '../../src/domain/contracts/state-writer.ts';

const afterTrouble = 15_000;

/**
 * Keeps what schedules and maintenance windows say: bits are held and given back, nodes go out of service and come back, bookings in
 * the way move to other nodes or their people are told. Each node and each booking is a transaction of its own, and the rows
 * say what is left: whoever goes on with it goes on there.
 */
export const closings: StateModule = {
  action: 'closings',
  title: 'Keeping closed hours and maintenance',
  holds: [],
  timeoutSeconds: 600,

  async run(context) {
    await context.write('nodes of windows', (writer) => writer.keepWindows());
    while (await context.write('what is over', (writer) => writer.releasePast()));
    for (let due = await context.closings(); ; due = await context.closings()) {
      if (await closeNodes(context, due)) continue;
      for (const booking of due.bookings) await makeWay(context, booking, due.now);
      return later(due.next, 'until the next change');
    }
  },

  /** It is in the log; nodes must come back all the same. */
  failed: async (context, error) => later((await context.look()).now + afterTrouble, error.message),
};

/** All nodes first: a booking is not moved to one that is about to be closed. True when there may be more. */
async function closeNodes(context: StateContext, due: ClosingsDue): Promise<boolean> {
  const { schedules, maintenance, gaps } = due;
  for (const { windowId, nodeId } of maintenance)
    await context.write(`maintenance of node ${nodeId}`, (writer) =>
      writer.keepMaintenance(windowId, nodeId),
    );
  for (const nodeId of schedules)
    await context.write(`hours of node ${nodeId}`, (writer) => writer.keepSchedule(nodeId));
  for (const { nodeId, window } of gaps)
    await context.write(`closes node ${nodeId}`, (writer) => writer.closeGaps(nodeId, window));
  return schedules.length + maintenance.length > 0;
}

/** What can be moved is moved; else its person is told, and a booking that has to end ends. */
async function makeWay(context: StateContext, booking: ClosedBooking, now: number): Promise<void> {
  const { allocationId: id, maintenance } = booking;
  const because = maintenance ? `Maintenance: ${maintenance.reason}` : 'Its machine is closed at that time.';
  if (
    booking.movable &&
    (await context.write(`moves booking ${id}`, (writer) => writer.moveBooking(id, because)))
  )
    return;
  if (!maintenance) return;
  const { reservationId, blockDateId } = booking;
  if (reservationId !== null) return warn(context, { ...booking, reservationId }, maintenance, now);
  // what still stands there when it begins is moved or lost as any seat whose machine is out of order
  if (blockDateId !== null)
    await whileInTheWay(context, booking, maintenance, `tells of seats of ${blockDateId}`, (writer) =>
      writer.tellOfClosedSeats(blockDateId, maintenance),
    );
}

/** Healing, or its person, may have moved it since it was looked at: what is not in the way any more is nobody's concern. */
function whileInTheWay(
  context: StateContext,
  { allocationId }: ClosedBooking,
  { id }: MaintenanceFacts,
  step: string,
  change: (writer: StateWriter) => Promise<unknown>,
): Promise<unknown> {
  return context.write(step, async (writer) => (await writer.isInTheWay(allocationId, id)) && change(writer));
}

async function warn(
  context: StateContext,
  booking: TakenBooking,
  maintenance: MaintenanceFacts,
  now: number,
): Promise<void> {
  await tell(context, booking, maintenance, 'planned');
  if (maintenance.bookings === 'end' && booking.start >= maintenance.from)
    await endsAtOnce(context, booking, maintenance);
  else if (now >= maintenance.from - maintenanceWarning) await endsSoon(context, booking, maintenance);
}

async function endsAtOnce(
  context: StateContext,
  booking: TakenBooking,
  maintenance: MaintenanceFacts,
): Promise<void> {
  const { reservationId: id } = booking;
  const because = `Maintenance: ${maintenance.reason}`;
  await whileInTheWay(context, booking, maintenance, `ends booking of ${id}`, (writer) =>
    writer.endReservation(id, maintenance.createdBy, because),
  );
}

/** Half an hour before: who has it is told again, and where it has to end, it ends when the window begins. */
async function endsSoon(
  context: StateContext,
  booking: TakenBooking,
  maintenance: MaintenanceFacts,
): Promise<void> {
  await tell(context, booking, maintenance, 'soon');
  if (maintenance.bookings !== 'end' || booking.end <= maintenance.from) return;
  await whileInTheWay(context, booking, maintenance, `cuts booking ${booking.allocationId}`, (writer) =>
    writer.cutReservation(booking, Math.max(maintenance.from, writer.now)),
  );
}

async function tell(
  context: StateContext,
  booking: TakenBooking,
  maintenance: MaintenanceFacts,
  when: 'planned' | 'soon',
): Promise<void> {
  const { reservationId: id, start } = booking;
  const { from, until, reason, timeZone, bookings } = maintenance;
  const key = `maintenance-${maintenance.id}-${maintenance.version}-${when}`;
  const facts = { from, until, reason, timeZone, ends: bookings === 'end', begins: start >= from, when };
  await whileInTheWay(context, booking, maintenance, `notice ${key} of ${id}`, (writer) =>
    writer.notify(id, key, facts),
  );
}
