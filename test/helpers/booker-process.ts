/** Books from a process of its own, as a web process would: first a list of bookings, then at random until it is told to stop. */
import { connectDatabase } from '../../db/connect.ts';
import { LabError } from '../../src/domain/errors.ts';
import { quarter } from '../../src/domain/time.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import { reservationServices } from '../../src/services/reservations/reservation-services.ts';
import type { Booked, BookerOrder, BookingRequest } from './booker-child.ts';
import { testParts } from './crash-lab.ts';
import { daemonDeps } from './lab.ts';

process.once('disconnect', () => process.exit(1));
process.once('message', (order: BookerOrder) => void carryOut(order));

async function carryOut(order: BookerOrder): Promise<void> {
  const db = connectDatabase(order.url);
  const deps = daemonDeps(db, '/nowhere', { over: testParts() });
  const services = reservationServices(deps);
  const count: Booked = { booked: 0, refused: 0, ended: 0, codes: [], errors: [] };
  const attempt = async (work: () => Promise<unknown>, key: 'booked' | 'ended'): Promise<void> => {
    try {
      await work();
      count[key]++;
    } catch (error) {
      if (!(error instanceof LabError)) count.errors.push(String(error));
      else if (error.code === 'busy') await attempt(work, key);
      else {
        count.refused++;
        if (!count.codes.includes(error.code)) count.codes.push(error.code);
      }
    }
  };
  const together = order.together ?? 1;
  const list = [...order.requests];
  await Promise.all(
    Array.from({ length: together }, async () => {
      for (let next = list.shift(); next; next = list.shift()) {
        const { me, minutes, start } = next;
        await attempt(() => services.reserve(me, { image: 'simulated', minutes, start }), 'booked');
      }
    }),
  );
  const until = performance.now() + (order.churnSeconds ?? 0) * 1000;
  const mine: { id: number; me: BookingRequest['me'] }[] = [];
  while (performance.now() < until) {
    const me = order.churners?.[Math.floor(Math.random() * order.churners.length)];
    if (!me) break;
    const start =
      Math.random() < 0.5 ? undefined : (order.from ?? 0) + Math.floor(Math.random() * 8) * quarter;
    const minutes = 15 + Math.floor(Math.random() * 60);
    await attempt(async () => {
      mine.push({ id: (await services.reserve(me, { image: 'simulated', minutes, start })).id, me });
    }, 'booked');
    const [old] = mine.length > 3 ? mine.splice(Math.floor(Math.random() * mine.length), 1) : [];
    const admin = order.admin;
    if (old && admin) {
      // a machine that somebody could have logged in to is loaded anew
      await acknowledge(deps, old.me, old.id, 'test').catch((error: unknown) => {
        if (!(error instanceof LabError)) count.errors.push(String(error));
      });
      await attempt(() => services.endReservation(admin, old.id), 'ended');
    }
    if (mine.length > 3) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await db.close();
  process.send?.(count);
}
