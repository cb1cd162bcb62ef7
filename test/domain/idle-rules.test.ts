import assert from 'node:assert/strict';
import { idleClocks, idleMinutesFault, idleSince, noIdleRules } from '../../src/domain/idle-rules.ts';
import { minute, second } from '../../src/domain/time.ts';
import { testTimes } from '../helpers/lab.ts';

describe('idle rules', () => {
  it("are the image's, else the pool's, else the installation's; 0 is never, and nothing typed is off", () => {
    const usual = { connect: 15 * minute, logIn: 15 * minute, reconnect: 15 * minute, input: null };
    assert.deepEqual(idleClocks(testTimes, noIdleRules, null), usual);
    const pool = { neverConnectedMinutes: 20, disconnectedMinutes: 30, idleMinutes: 60 };
    const image = { ...noIdleRules, disconnectedMinutes: 0, idleMinutes: 45 };
    assert.deepEqual(idleClocks({ ...testTimes, idleSeconds: 600 }, image, pool), {
      ...{ connect: 20 * minute, logIn: 20 * minute, reconnect: null, input: 45 * minute },
    });
    const off = { ...noIdleRules, idleMinutes: 0 };
    assert.equal(idleClocks({ ...testTimes, idleSeconds: 600 }, off, pool).input, null);
    assert.equal(idleClocks({ ...testTimes, idleSeconds: 600 }, noIdleRules, null).input, 10 * minute);
  });

  it('take minutes that leave time for a warning', () => {
    for (const fine of [0, 10, 10_080]) assert.equal(idleMinutesFault(fine), null);
    for (const wrong of [-1, 9, 10_081, 7.5, Number.NaN])
      assert.match(idleMinutesFault(wrong) ?? '', /^0 for/);
  });

  it('count from the last input that the machine knows of, however it is rounded', () => {
    const now = 1_000 * minute;
    const limit = 30 * minute;
    assert.equal(idleSince(now, 2 * minute, null, limit), now - 2 * minute);
    const before = now - 20 * minute;
    assert.equal(idleSince(now, 20 * minute - 8 * second, before, limit), before);
    assert.equal(idleSince(now, 25 * minute, before, limit), before);
    assert.equal(idleSince(now, minute, before, limit), now - minute);
    assert.equal(idleSince(now, -5 * minute, before, limit), now, 'a clock that was set back');
  });

  it('leave time for a warning to whom nobody has looked at for long', () => {
    const now = 1_000 * minute;
    assert.equal(idleSince(now, 500 * minute, null, 30 * minute), now - 25 * minute);
    assert.equal(idleSince(now, 500 * minute, null, 3 * minute), now);
  });
});
