import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { prepare } from '../../../../modules/os/linux/prepare.ts';
import { newLoadSecrets } from '../../../../src/lib/ssh-keys.ts';
import { moduleContext } from '../../../helpers/module-context.ts';

/** A busy machine: half a minute goes by before it tells its clock, and as much afterwards. Milliseconds. */
const slow = 30_000;
const began = Date.UTC(2026, 10, 21, 12);
let now: number;

describe('linux: the clock of a machine that takes its time', () => {
  beforeEach(() => {
    now = began;
    mock.method(Date, 'now', () => now);
  });
  afterEach(() => mock.restoreAll());

  /** Prepares a machine whose clock is so many seconds ahead; what its clock was set to. */
  async function prepared(ahead: number): Promise<(string | undefined)[]> {
    const set: (string | undefined)[] = [];
    const run = async (script: string) => {
      now += slow;
      const clock = now / 1000 + ahead;
      const [, to] = /^set_time '?(\d+)/m.exec(script) ?? [];
      if (to !== undefined) set.push(to);
      now += slow;
      return { code: 0, stdout: `clock ${clock}\n`, stderr: '' };
    };
    const context = moduleContext({ secrets: newLoadSecrets(), settings: {}, directory: '/nowhere' });
    await prepare({ ...context, shell: { run } });
    return set;
  }

  it('is left alone where it may be right', async () => assert.deepEqual(await prepared(0), []));

  it('is set where it cannot be, to the time at which it is told', async () =>
    assert.deepEqual(await prepared(-100), [String((began + 2 * slow) / 1000)]));
});
