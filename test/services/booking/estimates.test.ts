import assert from 'node:assert/strict';
import { addLoadTime } from '../../../db/repositories/load-times.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import { estimates } from '../../../src/services/booking/estimates.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

/** What a load is said to take: the module's word, then what was measured. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await makeLab(await open(), { nodes: 0 });
  });
  afterEach(() => lab.close());

  /** Another owner each time: nothing is kept. */
  const loads = async (model = '') => {
    const step = { descriptor: provisioning.qemu, imageId: 1, poolId: 1, step: 'load', model } as const;
    const [estimate] = await reading(lab.db, (reader) => estimates(reader, {}, [step]));
    return estimate;
  };
  const measure = (...times: number[]) =>
    inTransaction(lab.db, async (tx) => {
      for (const time of times) await addLoadTime(tx, 1, 1, 'load', time);
    });
  const measureOn = (model: string, times: number[]) =>
    inTransaction(lab.db, async (tx) => {
      for (const time of times) await addLoadTime(tx, 1, 1, 'load', time, model);
    });
  const isSystem = (system: object) =>
    lab.db.knex('image_revisions').update({ system: JSON.stringify(system) });

  it('is what the module declares for such a system while nothing was measured', async () => {
    await isSystem({ init: 'busybox' });
    assert.deepEqual(await loads(), { p50: 10_000, p95: 15_000 });
    await isSystem({ init: 'systemd' });
    assert.deepEqual(await loads(), { p50: 60_000, p95: 90_000 });
  });

  it('is what was measured, with room while it was less than ten times', async () => {
    await measure(4_000);
    assert.deepEqual(await loads(), { p50: 4_000, p95: 6_000 });
    await measure(2_000, 8_000);
    assert.deepEqual(await loads(), { p50: 4_000, p95: 12_000 });
    await measure(...Array<number>(7).fill(4_000));
    assert.deepEqual(await loads(), { p50: 4_000, p95: 8_000 });
  });

  it('is of the model of the machine once that was measured ten times, else of its pool', async () => {
    await measureOn('Old', Array<number>(9).fill(90_000));
    await measureOn('New', Array<number>(11).fill(20_000));
    assert.deepEqual(await loads('New'), { p50: 20_000, p95: 20_000 });
    assert.deepEqual(await loads('Old'), { p50: 20_000, p95: 90_000 });
    await measureOn('Old', [90_000]);
    assert.deepEqual(await loads('Old'), { p50: 90_000, p95: 90_000 });
    assert.deepEqual(await loads('Another'), await loads());
  });
});
