import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { root } from '../../scripts/paths.mjs';

interface Locked {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Locked;

  it('has every optional package that one of its packages names, else npm ci refuses it', () => {
    const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const there = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    assert.deepEqual(
      named.filter((name) => !there.has(name)),
      [],
    );
  });
});
