import type { Situation } from '../../src/domain/contracts/situation.ts';
import { done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { idleSince } from '../../src/domain/idle-rules.ts';
import { isConnected, openAccess, quietFor, tolerate } from './shared/access.ts';
import { endByClock } from './shared/end.ts';
import { keepMembers } from './shared/members.ts';
import { warn } from './shared/notices.ts';
import { keepTogether } from './shared/together.ts';
import { watch } from './shared/watch.ts';

/** Watches a machine somebody works on: its end, its power, and whether they are still there (vcl.md 2.7, 8.1). */
export const inuse: StateModule = {
  action: 'inuse',
  title: 'In use',
  holds: ['reservation'],
  timeoutSeconds: 120,

  run: (context) =>
    watch(context, 'inuse', 'in use', async (situation) => {
      const { reservation } = situation;
      if (reservation?.accessOpenedAt === null && reservation.acknowledgedAt !== null)
        await tolerate(context, () => openAccess(context, situation));
      await keepTogether(context, situation);
      if (await keepMembers(context, situation)) return situation.now;
      return checkConnection(context, situation);
    }),
};

async function checkConnection(context: StateContext, situation: Situation) {
  const { reservation, now } = situation;
  if (!reservation) return done();
  const soon = now + context.settings.inuseCheckSeconds * 1000;
  const connected = await isConnected(context, situation);
  if (connected === 'yes') return checkInput(context, situation, soon);
  if (connected === 'unknown' || reservation.neverTimesOut) return forget(context, situation, soon);
  return countDown(context, situation, soon);
}

/** Somebody is there: whether they do anything is asked where that matters, and what cannot be seen is no rest. */
async function checkInput(context: StateContext, situation: Situation, soon: number) {
  const { reservation, clocks, now } = situation;
  if (!reservation) return done();
  const limit = reservation.neverTimesOut ? null : clocks.input;
  const quiet = limit === null ? null : await quietFor(context, situation);
  const since = limit === null || quiet === null ? null : idleSince(now, quiet, reservation.idleSince, limit);
  await context.write('seen', (writer) =>
    writer.patchReservation(reservation.id, {
      ...{ lastConnectedAt: now, unconnectedSince: null, idleSince: since },
    }),
  );
  if (limit === null || since === null) return soon;
  const deadline = since + limit;
  if (now >= deadline) return endByClock(context, reservation, 'Nothing was typed for too long.');
  const what = 'Nothing was typed for long: type something';
  return Math.min(await warn(context, situation, { deadline, what }), soon);
}

/** Time-outs count only observed time: what could not be seen starts the clock anew. */
async function forget(context: StateContext, { reservation }: Situation, soon: number): Promise<number> {
  if (reservation && (reservation.unconnectedSince ?? reservation.idleSince) !== null) {
    await context.write('not observed', (writer) =>
      writer.patchReservation(reservation.id, { unconnectedSince: null, idleSince: null }),
    );
  }
  return soon;
}

async function countDown(context: StateContext, situation: Situation, soon: number) {
  const { reservation, clocks, now } = situation;
  if (!reservation) return done();
  if (clocks.reconnect === null) return forget(context, situation, soon);
  if (reservation.unconnectedSince === null) {
    await context.write('disconnected', (writer) =>
      writer.patchReservation(reservation.id, { unconnectedSince: now, idleSince: null }),
    );
    return soon;
  }
  const deadline = reservation.unconnectedSince + clocks.reconnect;
  if (now >= deadline) return endByClock(context, reservation, 'Nobody was connected for too long.');
  return Math.min(await warn(context, situation, { deadline, what: 'Connect again' }), soon);
}
