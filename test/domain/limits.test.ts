import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Limits, mergeLimits, noLimits } from '../../src/domain/limits.ts';

const limit = fc.option(fc.integer({ min: 0, max: 10_000 }));
const limits: fc.Arbitrary<Limits> = fc.record({
  initialMinutes: limit,
  totalMinutes: limit,
  extendMinutes: limit,
  overlap: limit,
  daysAhead: limit,
  upcoming: limit,
  servers: limit,
});
const keys = Object.keys(noLimits) as (keyof Limits)[];
const size = (value: number | null) => value ?? Number.POSITIVE_INFINITY;

describe('mergeLimits', () => {
  it('allows what the most generous group allows, each limit by itself', () => {
    fc.assert(
      fc.property(fc.array(limits, { minLength: 1, maxLength: 5 }), (all) => {
        const merged = mergeLimits(all);
        for (const key of keys)
          assert.equal(size(merged[key]), Math.max(...all.map((one) => size(one[key]))), key);
      }),
    );
  });

  it('does not care about order, and one more group never takes anything away', () => {
    fc.assert(
      fc.property(fc.array(limits), limits, (all, more) => {
        assert.deepEqual(mergeLimits([...all, more]), mergeLimits([more, ...all]));
        for (const key of keys)
          assert.ok(size(mergeLimits([...all, more])[key]) >= size(mergeLimits(all)[key]), key);
      }),
    );
  });

  it('of no group allows nothing', () => {
    for (const key of keys) assert.equal(mergeLimits([])[key], 0);
  });
});
