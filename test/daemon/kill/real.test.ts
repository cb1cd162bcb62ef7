import assert from 'node:assert/strict';
import { closeShells } from '../../../src/lib/ssh-shell.ts';
import { liveThrough } from './real-life.ts';

describe('kill -9 of the daemon of a real machine', () => {
  after(closeShells);

  it('ends every phase of its life as if nothing had happened', async function () {
    this.timeout(600_000);
    const [undisturbed, killed] = await Promise.all([
      liveThrough(() => null),
      liveThrough((phase, action) => phase.kills[action] ?? null),
    ]);
    assert.deepEqual(killed.ends, undisturbed.ends);
    if (this.test) this.test.title += ` (${killed.kills} kills)`;
  });
});
