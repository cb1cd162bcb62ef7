import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { brokenRules } from '../../scripts/house-rules.mjs';

describe('scripts/house-rules', () => {
  const broken = (path: string, text: string): boolean => brokenRules(path, text).length > 0;

  it('lets views print raw only includes and the body', () => {
    assert.equal(broken('views/a.ejs', "<%- include('head') %><%- body %>\n<%= name %>"), false);
    assert.equal(broken('views/a.ejs', "<%- include('head') %><%- name %>"), true);
    assert.equal(broken('views/a.ejs', '<%- bodyText %>'), true);
  });

  it('lets decisions read no clock but the one', () => {
    assert.equal(broken('src/services/reserve.ts', 'const now = Date.now();'), true);
    assert.equal(broken('modules/state/new.ts', 'const now = new Date();'), true);
    assert.equal(broken('src/services/reserve.ts', ' * never Date.now()\nnew Date(row.start)'), false);
    assert.equal(broken('db/clock.ts', 'Date.now()'), false);
    assert.equal(broken('src/lib/log.ts', 'Date.now()'), false);
  });

  it('lets no time-out into AbortSignal.any()', () => {
    assert.equal(broken('src/lib/a.ts', 'AbortSignal.any([signal, AbortSignal.timeout(5_000)])'), true);
    assert.equal(broken('src/lib/a.ts', 'AbortSignal.any([signal, over.signal])'), false);
  });

  it('lets the lock file name no registry', () => {
    assert.deepEqual(brokenRules('package-lock.json', '{\n  "resolved": "https://example.org/a.tgz"'), [
      'package-lock.json:2: package-lock.json names no registry: .npmrc leaves `resolved` out',
    ]);
  });
});
