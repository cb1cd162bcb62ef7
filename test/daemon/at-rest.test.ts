import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Daemon } from '../../src/daemon/create-daemon.ts';
import { minute } from '../../src/domain/time.ts';
import { moveClock, setClock, timeNow } from '../../src/lib/clock.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let back = () => {};
  afterEach(async () => {
    await lab.close();
    back();
  });

  it('is at rest, while the clock stands still, when all is done but loads that wait for it', async () => {
    const begins = Date.parse('2026-08-17T06:00:00Z');
    back = setClock(begins, 0);
    lab = await makeLab(await open(), { nodes: 1, simulator: { loadSeconds: 30 } });
    const me = await lab.person('student');
    const daemon = await lab.startDaemon();
    await settled(daemon);
    const { id } = await lab.services.reserve(me, { image: 'simulated', minutes: 60 });
    await settled(daemon);
    const state = async () => (await lab.services.getReservation(me, id)).state;
    assert.equal(await state(), 'new');
    while (timeNow() < begins + 2 * minute) {
      moveClock(timeNow() + 10_000);
      lab.db.signals.emit('committed');
      await settled(daemon);
    }
    assert.equal(await state(), 'reserved');
  });
});

async function settled(daemon: Daemon): Promise<void> {
  do await setImmediate();
  while (!daemon.isAtRest());
}
