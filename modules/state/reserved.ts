import type { Situation } from '../../src/domain/contracts/situation.ts';
import { done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { isConnected, openAccess } from './shared/access.ts';
import { endByClock } from './shared/end.ts';
import { warn } from './shared/notices.ts';
import { watch } from './shared/watch.ts';

const connectCheck = 15_000;

/** Waits for its person: first for Connect, then for a login (vcl.md 2.6, 8.1). Every wait is a row. */
export const reserved: StateModule = {
  action: 'reserved',
  title: 'Waiting for its person',
  holds: ['reservation'],
  timeoutSeconds: 120,

  run: (context) =>
    watch(context, 'reserved', 'waiting for its person', (situation) =>
      situation.reservation?.acknowledgedAt === null
        ? waitForConnect(context, situation)
        : waitForLogin(context, situation),
    ),
};

/** A server is open by itself; one without a machine behind it has no way in. */
async function openByItself(context: StateContext, situation: Situation) {
  const { reservation, now } = situation;
  if (!reservation) return done();
  if (context.machine(situation).simulated) return reservation.end;
  const opened = await context.write('opens by itself', (writer) => writer.openServer(reservation.id));
  return opened ? now : now + connectCheck;
}

/** Each clock starts at *ready* or at the booked start, whichever is later. */
async function waitForConnect(context: StateContext, situation: Situation) {
  const { reservation, clocks, now } = situation;
  if (!reservation) return done();
  if (reservation.isServer) return openByItself(context, situation);
  if (reservation.neverTimesOut || clocks.connect === null) return reservation.end;
  const since = Math.max(reservation.readyAt ?? now, reservation.start);
  const deadline = since + clocks.connect;
  if (now >= deadline) return endByClock(context, reservation, 'Nobody pressed Connect in time.');
  return warn(context, situation, { deadline, what: 'Press Connect' });
}

async function waitForLogin(context: StateContext, situation: Situation) {
  const { reservation, clocks, now, node, allocation } = situation;
  if (!reservation || !node || !allocation) return done();
  if (reservation.accessOpenedAt === null) await openAccess(context, situation);
  const connected = await isConnected(context, situation);
  const since = reservation.unconnectedSince ?? now;
  const deadline = since + (clocks.logIn ?? context.settings.initialConnectSeconds * 1000);
  const waited = reservation.isServer || (reservation.neverTimesOut && now >= deadline);
  if (connected === 'yes' || waited) return goInUse(context, situation, connected === 'yes');
  if (connected === 'unknown') {
    await context.write('not observed', (writer) =>
      writer.patchReservation(reservation.id, { unconnectedSince: now }),
    );
    return now + connectCheck;
  }
  if (reservation.neverTimesOut || clocks.logIn === null) return now + connectCheck;
  if (now >= deadline) return endByClock(context, reservation, 'Nobody logged in in time.');
  return Math.min(await warn(context, situation, { deadline, what: 'Log in' }), now + connectCheck);
}

async function goInUse(context: StateContext, situation: Situation, seen: boolean) {
  const { reservation } = situation;
  if (!reservation) return done();
  const machines = [situation, ...(await context.others(situation))];
  await context.write('in use', async (writer) => {
    const patch = seen
      ? { connectedAt: writer.now, lastConnectedAt: writer.now, unconnectedSince: null }
      : {};
    if (!(await writer.moveReservation(reservation.id, ['reserved'], 'inuse', patch))) return;
    for (const { allocation, node } of machines) {
      if (!allocation || !node || !(await writer.moveAllocation(allocation.id, ['ready'], 'inuse'))) continue;
      await writer.patchNode(node.id, { state: 'inuse' });
    }
    await writer.queue({ action: 'inuse', targetType: 'reservation', targetId: reservation.id });
    await writer.event('connected');
  });
  return done();
}
