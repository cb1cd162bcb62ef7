import assert from 'node:assert/strict';
import fc from 'fast-check';
import { percentiles } from '../../../src/services/booking/estimates.ts';

describe('percentiles', () => {
  it('are values that were measured, with at least their share of all at or below them and no more than needed', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, (measured) => {
        for (const [share, value] of [
          [0.5, percentiles(measured).p50],
          [0.95, percentiles(measured).p95],
        ] as const) {
          assert.ok(measured.includes(value));
          assert.ok(measured.filter((one) => one <= value).length >= measured.length * share);
          assert.ok(measured.filter((one) => one < value).length < measured.length * share);
        }
      }),
    );
  });
});
