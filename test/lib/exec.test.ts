import assert from 'node:assert/strict';
import { ExecError, exec } from '../../src/lib/exec.ts';

describe('lib/exec', () => {
  // What a command started keeps its output open for as long as it lives.
  const script = 'sleep 30 & echo "$!"; wait';
  let started = 0;
  const options = {
    onOutput(text: string) {
      started = Number(text);
    },
  };
  afterEach(() => process.kill(started));

  it('ends at its time-out and says so, though what the command started goes on', async () => {
    await assert.rejects(
      exec('sh', ['-c', script], { ...options, timeoutMs: 300 }),
      (error) =>
        error instanceof ExecError && error.message === 'sh was stopped after 0.3 s: it said nothing',
    );
  });

  it('ends when it is aborted, though what the command started goes on', async () => {
    const stop = new AbortController();
    const abort = (text: string) => {
      options.onOutput(text);
      stop.abort(new Error('enough'));
    };
    const run = exec('sh', ['-c', script], { onOutput: abort, signal: stop.signal });
    await assert.rejects(run, /enough/);
  });
});
