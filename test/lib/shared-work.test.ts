import assert from 'node:assert/strict';
import { createSharedWork } from '../../src/lib/shared-work.ts';

describe('shared work', () => {
  it('is done once for all who want it at the same moment, and again afterwards', async () => {
    const share = createSharedWork<number>();
    let times = 0;
    const work = async () => ++times;
    const all = ['a', 'a', 'b', 'a'].map((key) => share(key, work, undefined));
    assert.deepEqual(await Promise.all(all), [1, 1, 2, 1]);
    assert.equal(await share('a', work, undefined), 3);
  });

  it('is done after all by whoever waited for one that failed, once more', async () => {
    const share = createSharedWork<string>();
    const failing = share('a', () => Promise.reject(new Error('its own reasons')), undefined);
    let times = 0;
    const work = async () => `done ${++times}`;
    const others = [share('a', work, undefined), share('a', work, undefined)];
    await assert.rejects(failing, /its own reasons/);
    assert.deepEqual(await Promise.all(others), ['done 1', 'done 1']);
  });

  it('is not waited for by whoever is told to stop', async () => {
    const share = createSharedWork<string>();
    let finish = (_value: string) => {};
    const first = share('a', () => new Promise((resolve) => (finish = resolve)), undefined);
    const stop = new AbortController();
    const second = share('a', async () => 'never', stop.signal);
    stop.abort(new Error('stopped'));
    await assert.rejects(second, /stopped/);
    finish('in the end');
    assert.equal(await first, 'in the end');
  });
});
