import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { phases, runFewAgain, summary } from '../../scripts/test-phases.mjs';

const files = ['test/lib/a.test.ts', 'test/lib/b.full.test.ts', 'test/web/pages/c.test.ts'];
const all = { full: false, grep: undefined, files: [] };

describe('scripts/test-phases', () => {
  it('checks first, then runs each folder apart, without the full tests', () => {
    assert.deepEqual(
      phases(all, files).map(({ title, input }) => [title, input?.files]),
      [
        ['check', undefined],
        ['test/lib', ['test/lib/a.test.ts']],
        ['test/web', ['test/web/pages/c.test.ts']],
      ],
    );
  });

  it('begins with what takes longest', () => {
    const some = [
      'test/cli/a.test.ts',
      'test/daemon/kill/b.test.ts',
      'test/lib/c.test.ts',
      'test/db/d.test.ts',
    ];
    const titles = phases(all, some).map(({ title }) => title);
    assert.deepEqual(titles, ['check', 'test/daemon/kill', 'test/cli', 'test/db', 'test/lib']);
  });

  it('runs the full tests when asked, or when one is named', () => {
    assert.deepEqual(phases({ ...all, full: true }, files)[1]?.input?.files, files.slice(0, 2));
    const named = phases({ ...all, files: ['test/lib/b.full.test.ts'] }, files.slice(1, 2));
    assert.deepEqual(named[0]?.input?.files, ['test/lib/b.full.test.ts']);
  });

  it('leaves the checks out of a selection', () => {
    const titles = phases({ ...all, grep: 'booking' }, files).map((phase) => phase.title);
    assert.deepEqual(titles, ['test/lib', 'test/web']);
  });

  const good = { title: 'check', seconds: 1, passed: 0, failed: 0, skipped: 0, ok: true, failures: [] };
  const a = { file: 'test/lib/a.test.ts', says: 'a b: not 1' };
  const bad = { ...good, title: 'test/lib', passed: 3, failed: 1, ok: false, failures: [a] };

  it('ends its summary with what failed, then the counts alone', () => {
    const lines = summary([good, bad], 2);
    assert.deepEqual(lines.slice(-3), [
      'test/lib/a.test.ts: a b: not 1',
      '2 s, 0 skipped',
      '3 passed, 1 failed',
    ]);
    assert.ok(lines.includes('FAILED test/lib, 1 s'));
  });

  it('runs the files of one or two failed tests once more, and tells what passed then', async () => {
    const ran: unknown[] = [];
    const results = await runFewAgain([good, bad], async ({ input }) => {
      ran.push(input?.files);
      return good;
    });
    assert.deepEqual(ran, [['test/lib/a.test.ts']]);
    assert.deepEqual(summary(results, 2).slice(-4), [
      'ok     test/lib, 1 s',
      'unsteady: test/lib/a.test.ts: a b: not 1',
      '2 s, 0 skipped',
      '4 passed, 0 failed',
    ]);
  });

  it('leaves failed what fails again, what are more than two, and what failed without a word', async () => {
    assert.deepEqual(await runFewAgain([bad], async () => bad), [bad]);
    const never = () => Promise.reject(new Error('not to be run'));
    const many = { ...bad, failed: 3, failures: [a, a, a] };
    const mute = { ...bad, failures: [] };
    assert.deepEqual(await runFewAgain([many, mute], never), [many, mute]);
    assert.deepEqual(await runFewAgain([bad, mute], never), [bad, mute]);
  });
});
