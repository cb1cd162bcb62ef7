import assert from 'node:assert/strict';
import {
  type BegunPhase,
  type LoadPhase,
  type PhaseTime,
  phaseTimes,
  slowerPhases,
  usualPhases,
  withPhase,
} from '../../src/domain/load-phases.ts';

const begin = (...said: readonly (readonly [LoadPhase | undefined, number, number?])[]) =>
  said.reduce<readonly BegunPhase[]>(
    (begun, [phase, now, agoMs]) => withPhase(begun, { phase, agoMs }, now),
    [],
  );
const all = (times: readonly PhaseTime[]) => times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
const took = (phase: LoadPhase, milliseconds: number): PhaseTime => ({ phase, milliseconds, bytes: null });

describe('phases of a load', () => {
  it('of bare metal are eight and its preparation, and together are the whole of it (req. 30)', () => {
    const begun = begin(
      ...([['prepare', 1_010]] as const),
      ...([
        ['power', 1_200],
        ['firmware', 4_000],
        ['network', 21_000, 400],
        ['agent', 23_000],
      ] as const),
      ...([
        ['write', 28_000],
        [undefined, 40_000],
        ['seal', 69_000],
        ['boot', 70_000],
      ] as const),
      ...([['check', 103_000]] as const),
    );
    const times = phaseTimes(begun, 1_000, 104_500);
    assert.deepEqual(
      times.map(({ phase, milliseconds }) => [phase, milliseconds]),
      [
        ...[
          ['prepare', 200],
          ['power', 2_800],
          ['firmware', 16_600],
          ['network', 2_400],
          ['agent', 5_000],
        ],
        ...[
          ['write', 41_000],
          ['seal', 1_000],
          ['boot', 33_000],
          ['check', 1_500],
        ],
      ],
    );
    assert.equal(all(times), 103_500);
  });

  it('are the whole of it too where nothing was said, or only what is of no phase', () => {
    assert.deepEqual(phaseTimes([], 5, 9), [took('prepare', 4)]);
    assert.deepEqual(phaseTimes(begin([undefined, 7]), 5, 9), [took('prepare', 4)]);
  });

  it('are not begun again by whoever goes on with the load and hears of them once more', () => {
    const once = begin(['firmware', 1_000], ['network', 5_000], ['write', 9_000]);
    const twice = [...once].reduce(
      (begun, { phase, at }) => withPhase(begun, { phase, agoMs: 20_000 - at }, 20_000),
      once,
    );
    assert.deepEqual(twice, once);
    assert.equal(withPhase(once, { phase: 'firmware' }, 20_000).length, 4);
  });

  it('that took twice as long as usual are told, small ones and new ones are not', () => {
    const usual = usualPhases([
      [took('power', 500), took('firmware', 16_000), took('boot', 30_000)],
      [took('power', 400), took('firmware', 17_000), took('boot', 31_000)],
      [took('power', 400), took('firmware', 90_000), took('boot', 29_000), took('seal', 4_000)],
    ]);
    assert.deepEqual(usual, [took('power', 400), took('firmware', 17_000), took('boot', 30_000)]);
    const now = [took('power', 1_500), took('firmware', 34_000), took('seal', 9_000), took('boot', 59_000)];
    assert.deepEqual(slowerPhases(now, usual), [{ phase: 'firmware', milliseconds: 34_000, usual: 17_000 }]);
  });
});
