import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countStarts, eachFreeRun } from '../../src/domain/free-runs.ts';
import { quartersPerDay } from '../../src/domain/time.ts';

describe('free runs', () => {
  const half = fc.oneof(fc.constantFrom(0, 2 ** 48 - 1), fc.integer({ min: 0, max: 2 ** 48 - 1 }));
  const isTaken = (mask: number, bit: number) => ((BigInt(mask) >> BigInt(bit)) & 1n) === 1n;

  it('finds each run of free quarters of a day, whole and in order', () => {
    fc.assert(
      fc.property(half, half, (am, pm) => {
        const free = Array.from({ length: 96 }, (_, at) => !isTaken(at < 48 ? am : pm, at % 48));
        const found: boolean[] = Array(96).fill(false);
        let before = -1;
        eachFreeRun(am, pm, (first, last) => {
          assert.ok(first > before && last > first);
          found.fill(true, first, last);
          before = last;
        });
        assert.deepEqual(found, free);
      }),
    );
  });

  it('counts of how many nodes a hold can begin, over any number of midnights', () => {
    const days = 4;
    const calendar = fc.array(fc.array(fc.tuple(half, half), { minLength: days, maxLength: days }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(calendar, fc.integer({ min: 1, max: 250 }), fc.nat(300), (nodes, length, rest) => {
        const origin = 7 * quartersPerDay;
        const counts = countStarts(7, days, length, (node) => (node === 0 ? origin + rest : 0));
        for (let day = 0; day < days; day++) {
          counts.add({
            day: 7 + day,
            nodes: nodes.map((_, node) => node),
            am: nodes.map((bits) => bits[day]?.[0] ?? 0),
            pm: nodes.map((bits) => bits[day]?.[1] ?? 0),
          });
        }
        assert.equal(counts.knownUntil(), origin + days * 96 - length);
        for (let at = origin; at <= counts.knownUntil(); at++) {
          const expected = nodes.filter((bits, node) => {
            if (node === 0 && at < origin + rest) return false;
            return Array.from({ length }, (_, i) => at - origin + i).every((quarter) => {
              const [am = 0, pm = 0] = bits[Math.floor(quarter / 96)] ?? [];
              const bit = quarter % 96;
              return !isTaken(bit < 48 ? am : pm, bit % 48);
            });
          });
          assert.equal(counts.at(at), expected.length, `quarter ${at - origin}`);
        }
      }),
    );
  });
});
