import assert from 'node:assert/strict';
import { reading } from '../../db/transaction.ts';
import { LabError } from '../../src/domain/errors.ts';
import { ceilQuarter, minute, quarter } from '../../src/domain/time.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab } from '../helpers/lab.ts';
import { checkHolds, passTo } from '../helpers/pass-time.ts';
import { setFault } from '../helpers/test-machines.ts';

/** The same numbers in [0, 1) at every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let bob: SignedIn;
  afterEach(() => lab.close());

  it('keeps every machine that is not clean taken, through quarters of bookings, ends and failures', async function () {
    this.timeout(180_000);
    lab = await makeCrashLab(await open(), { nodes: 3, times: { graceSeconds: 1 } });
    bob = await lab.person('bob');
    await lab.startDaemon();
    const luck = seeded(7);
    for (let round = 0; round < 8; round++) {
      for (let node = 1; node <= 3; node++)
        setFault(poolFolder(lab.directory), `sim${node}`, {
          kind: 'node_broken',
          left: luck() < 0.4 ? 99 : 0,
        });
      for (let person = 0; person < 4; person++) await bookOrEnd(luck);
      const edge = ceilQuarter((await now()) + minute);
      for (const at of [edge - minute / 2, edge + minute / 2]) {
        await passTo(lab, at);
        await untilSettled(lab.db);
        await checkHolds(lab);
      }
    }
  });

  /** Books from now or from a later quarter on, and sits down at what is ready; or ends one of those. */
  async function bookOrEnd(luck: () => number): Promise<void> {
    const minutes = 10 + Math.floor(luck() * 30);
    const start =
      luck() < 0.5 ? {} : { start: ceilQuarter(await now()) + quarter * (1 + Math.floor(luck() * 3)) };
    await lab.services.reserve(bob, { image: 'simulated', minutes, ...start }).catch(refused);
    const live = await rows<{ id: number }>('SELECT id FROM reservations WHERE live = 1 ORDER BY id');
    const one = live[Math.floor(luck() * live.length)]?.id;
    if (one === undefined) return;
    if (luck() < 0.3) await lab.services.endReservation(bob, one);
    else await acknowledge(lab.deps, bob, one, 'test').catch(refused);
  }

  const refused = (error: unknown) => assert.ok(error instanceof LabError, String(error));
  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
});
