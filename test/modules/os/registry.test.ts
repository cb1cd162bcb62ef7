import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { os } from '../../../modules/os/registry.ts';

describe('OS registry', () => {
  it('lists exactly the module folders, each under its own id', async () => {
    const entries = await readdir(new URL('../../../modules/os/', import.meta.url), { withFileTypes: true });
    const folders = entries
      .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
      .map((entry) => entry.name);
    assert.deepEqual(Object.keys(os).sort(), folders.sort());
    for (const [key, module] of Object.entries(os)) assert.equal(module.id, key);
  });
});
