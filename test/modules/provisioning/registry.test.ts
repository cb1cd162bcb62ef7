import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { provisioning } from '../../../modules/provisioning/registry.ts';

/** Apache VCL's eight, the ninth that verification needs, and what *Test* on a pool's page asks. */
const required = [
  'node_status',
  'load',
  'capture',
  'power_status',
  'power_on',
  'power_off',
  'power_reset',
  'get_current_image',
  'get_image_size',
  'check_pool',
] as const;

describe('provisioning registry', () => {
  it('lists exactly the module folders, each under its own id', async () => {
    const entries = await readdir(new URL('../../../modules/provisioning/', import.meta.url), {
      withFileTypes: true,
    });
    const folders = entries
      .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
      .map((entry) => entry.name);
    assert.deepEqual(Object.keys(provisioning).sort(), folders.sort());
    for (const [key, module] of Object.entries(provisioning)) assert.equal(module.id, key);
  });

  for (const [id, module] of Object.entries(provisioning)) {
    it(`${id} has every required function`, () => {
      for (const name of required) assert.equal(typeof module[name], 'function', name);
    });

    it(`${id}'s settings all have a default and a description`, () => {
      const defaults = module.settings.parse({});
      for (const [name, schema] of Object.entries(module.settings.shape)) {
        assert.ok(name in defaults, `${name} has no default`);
        assert.ok(schema.description, `${name} has no description`);
      }
    });
  }
});
