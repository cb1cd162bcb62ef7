import assert from 'node:assert/strict';
import {
  awaitedCount,
  clockRate,
  lived,
  moveClock,
  nextAwaited,
  pass,
  setClock,
  timeNow,
} from '../../src/lib/clock.ts';

const begin = Date.UTC(2026, 7, 17);

describe('the clock of a process', () => {
  let back: () => void = () => undefined;
  afterEach(() => back());

  it('is the computer’s until it is set, and again afterwards', () => {
    assert.ok(Math.abs(timeNow() - Date.now()) <= 1);
    back = setClock(begin, 60);
    assert.ok(timeNow() >= begin && timeNow() < Date.now());
    assert.equal(lived(1_000), 60_000);
    back();
    assert.ok(Math.abs(timeNow() - Date.now()) <= 1);
    assert.equal(clockRate(), 1);
  });

  it('goes as many times as fast as it was told, and so does who waits for it', async () => {
    back = setClock(begin, 1_000);
    const before = performance.now();
    await pass(60_000);
    assert.ok(timeNow() >= begin + 59_000);
    assert.ok(performance.now() - before < 30_000);
  });

  it('stands still until it is moved, and wakes who waited for a moment until then', async () => {
    back = setClock(begin, 0);
    const woken: string[] = [];
    const soon = pass(1_000).then(() => woken.push('soon'));
    const late = pass(5_000).then(() => woken.push('late'));
    assert.deepEqual([timeNow(), awaitedCount(), nextAwaited()], [begin, 2, begin + 1_000]);
    moveClock(begin + 1_000);
    await soon;
    assert.deepEqual([timeNow(), ...woken], [begin + 1_000, 'soon']);
    const ended = new AbortController();
    const never = pass(60_000, ended.signal);
    ended.abort(new Error('ended'));
    await assert.rejects(never, /ended/);
    assert.deepEqual([awaitedCount(), nextAwaited()], [1, begin + 5_000]);
    moveClock(begin + 9_000);
    await late;
    assert.equal(awaitedCount(), 0);
  });

  it('stands at whole milliseconds: who waits for a part of one is awake when it was moved to where they are awaited', async () => {
    back = setClock(begin, 0);
    const woken = pass(1_000.3);
    moveClock(nextAwaited());
    await woken;
    assert.equal(timeNow(), begin + 1_001);
  });
});
