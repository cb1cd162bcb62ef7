import assert from 'node:assert/strict';
import { closeShells } from '../../../src/lib/ssh-shell.ts';
import { twoAtATime } from '../../helpers/two-at-a-time.ts';
import { type Lived, liveThrough, stepsOf } from './real-life.ts';
import { phases } from './real-phases.ts';

/** In the first life after the first step of every action, in the second after the second, and so on. */
describe('kill -9 of the daemon of a real machine, after every step', () => {
  let undisturbed: Lived;
  before(async function () {
    this.timeout(600_000);
    undisturbed = await liveThrough(() => null);
  });
  after(closeShells);

  it('ends every phase of its life as if nothing had happened', async function () {
    this.timeout(3_600_000);
    const most = Math.max(...actions().map((steps) => steps.length));
    let kills = 0;
    await twoAtATime(
      Array.from({ length: most }, (_, index) => index + 1),
      async (step) => {
        const lived = await liveThrough((phase, action) =>
          step <= stepsOf(undisturbed, phase, action).length ? step : null,
        );
        assert.deepEqual(lived.ends, undisturbed.ends, `killed after step ${step}`);
        kills += lived.kills;
      },
    );
    assert.equal(kills, actions().flat().length);
    if (this.test) this.test.title += ` (${kills} kills)`;
  });

  /** The steps of every action that there is to kill in. */
  const actions = () =>
    phases.flatMap((phase) => phase.kills.map((action) => stepsOf(undisturbed, phase, action)));
});
