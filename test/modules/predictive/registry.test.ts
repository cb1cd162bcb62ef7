import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { predictive } from '../../../modules/predictive/registry.ts';

describe('predictive registry', () => {
  it('lists exactly the modules beside it', async () => {
    const others = ['registry.ts', 'shared'];
    const files = await readdir(new URL('../../../modules/predictive/', import.meta.url));
    const names = Object.keys(predictive).map((id) => `${id.replace('_', '-')}.ts`);
    assert.deepEqual(names.sort(), files.filter((file) => !others.includes(file)).sort());
  });
});
