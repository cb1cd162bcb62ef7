import assert from 'node:assert/strict';
import { spacePowerOn } from '../../../../../modules/provisioning/shared/metal/space-power-on.ts';
import { fakeBmc } from '../../../../helpers/fake-bmc.ts';

const { signal } = new AbortController();

describe('machines of a pool that are switched on', () => {
  it('follow on each other with a pause, and those of another pool do not wait for them (req. 27)', async () => {
    const at: Record<string, number[]> = { here: [], there: [] };
    const on = async (pool: string, seconds: number) => {
      const bmc = { ...fakeBmc(), on: async () => void at[pool]?.push(performance.now()) };
      await spacePowerOn(bmc, pool, seconds).on(signal);
    };
    const began = performance.now();
    await Promise.all([on('here', 0.2), on('here', 0.2), on('here', 0.2), on('there', 3600)]);
    const since = (pool: string) => at[pool]?.map((time) => time - began) ?? [];
    assert.equal(since('there').length, 1);
    const [first = 0, second = 0, third = 0] = since('here');
    assert.ok(second - first >= 190 && third - second >= 190, since('here').join());
  });

  it('give their turn up with the reason of their signal', async () => {
    const bmc = fakeBmc();
    const spaced = spacePowerOn(bmc, 'stopped', 3600);
    await spaced.on(signal);
    const reason = new Error('enough');
    const stop = new AbortController();
    const waiting = spaced.on(stop.signal);
    stop.abort(reason);
    await assert.rejects(waiting, reason);
    assert.deepEqual(bmc.asked, ['on']);
  });
});
