import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { phases, summary } from '../../scripts/test-phases.mjs';

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

  it('runs the full tests when asked, or when one is named', () => {
    assert.deepEqual(phases({ ...all, full: true }, files)[1]?.input?.files, files.slice(0, 2));
    const named = phases({ ...all, files: ['test/lib/b.full.test.ts'] }, files.slice(1, 2));
    assert.deepEqual(named[0]?.input?.files, ['test/lib/b.full.test.ts']);
  });

  it('leaves the checks out of a selection', () => {
    const titles = phases({ ...all, grep: 'booking' }, files).map((phase) => phase.title);
    assert.deepEqual(titles, ['test/lib', 'test/web']);
  });

  it('ends its summary with what failed, then the counts alone', () => {
    const result = { title: 'check', seconds: 1, passed: 0, failed: 0, skipped: 0, ok: true, failures: [] };
    const failed = {
      ...result,
      title: 'test/lib',
      passed: 3,
      failed: 1,
      ok: false,
      failures: ['a b: not 1'],
    };
    const lines = summary([result, failed], 2);
    assert.deepEqual(lines.slice(-3), ['test/lib: a b: not 1', '2 s, 0 skipped', '3 passed, 1 failed']);
    assert.ok(lines.includes('FAILED test/lib, 1 s'));
  });
});
