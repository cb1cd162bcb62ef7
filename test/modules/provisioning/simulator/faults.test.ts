import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provisioning } from '../../../../modules/provisioning/registry.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { moduleContext, nodeFacts, simulatedRevision } from '../../../helpers/module-context.ts';

const { simulator } = provisioning;

describe('simulator: what its settings say', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'labrador-simulator-'));
  });
  afterEach(async () => await rm(directory, { recursive: true }));

  function contextOf(id: number, settings: Record<string, unknown>, parts: { signal?: AbortSignal } = {}) {
    return moduleContext({
      directory,
      node: nodeFacts({ id }),
      revision: simulatedRevision(),
      settings: simulator.settings.parse({ loadSeconds: 0, ...settings }),
      ...parts,
    });
  }

  /** How each of fifty loads ended. */
  async function outcomes(settings: Record<string, unknown>): Promise<string[]> {
    const loads = Array.from({ length: 50 }, (_, id) => simulator.load(contextOf(id, settings)));
    const ended = await Promise.allSettled(loads);
    return ended.map((load) => {
      if (load.status === 'fulfilled') return 'loaded';
      assert.ok(load.reason instanceof ModuleError);
      return load.reason.kind;
    });
  }

  it('fails as often and in the ways it should, and leaves nothing of what failed', async () => {
    const ended = await outcomes({ failureRate: 0.4, failureKinds: ['retry', 'node_broken'] });
    const loaded = ended.filter((outcome) => outcome === 'loaded').length;
    assert.ok(loaded > 15 && loaded < 45, `${loaded} of 50 were loaded`);
    assert.deepEqual([...new Set(ended)].sort(), ['loaded', 'node_broken', 'retry']);
    assert.equal((await readdir(directory)).length, loaded);
  });

  it('leaves nothing of what a killed daemon was writing', async () => {
    const context = contextOf(1, {});
    await simulator.load(context);
    const [file = ''] = await readdir(directory);
    await writeFile(join(directory, `${file}.0a1b2c.tmp`), '{"ru');
    await simulator.unload?.(context);
    assert.deepEqual(await readdir(directory), []);
  });

  it('does the same again with the same seed, and something else with another', async () => {
    const settings = { failureRate: 0.5, seed: 'one' };
    const first = await outcomes(settings);
    await rm(directory, { recursive: true });
    assert.deepEqual(await outcomes(settings), first);
    await rm(directory, { recursive: true });
    assert.notDeepEqual(await outcomes({ ...settings, seed: 'two' }), first);
  });

  it('hangs until it is stopped', async () => {
    const abort = new AbortController();
    const reason = new Error('the time is over');
    const loading = simulator.load(contextOf(1, { hangRate: 1 }, { signal: abort.signal }));
    while ((await readdir(directory)).length === 0) await new Promise(setImmediate);
    abort.abort(reason);
    await assert.rejects(loading, reason);
    assert.deepEqual(await readdir(directory), []);
  });
});
