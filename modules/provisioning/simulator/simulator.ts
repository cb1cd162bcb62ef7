/**
 * Simulated machines: part of the product, for planning, demonstrations and tests. They load, fail, hang and switch on and
 * off as their settings say, survive the daemon as real ones would, and never pretend to be real.
 */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineProvisioning, parseArtefactName } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { judgeStatus } from '../shared/judge-status.ts';
import { wantedRevision } from '../shared/wanted-revision.ts';
import { capture } from './capture.ts';
import { check_pool } from './check-pool.ts';
import { load } from './load.ts';
import { artefactOf, listNodeFiles, readNode, removeNode } from './node-file.ts';
import { power_off, power_on, power_reset, power_status } from './power.ts';
import { simulatorSettings } from './settings.ts';

export const simulator = defineProvisioning({
  id: 'simulator',
  title: 'Simulated machines',
  settings: simulatorSettings,
  formats: ['simulated'],
  estimates: { loadSeconds: () => 3, reclaimSeconds: 1 },
  simulated: true,

  load,
  capture,
  power_status,
  power_on,
  power_off,
  power_reset,
  check_pool,

  async node_status(context) {
    context.signal.throwIfAborted();
    const node = await readNode(context);
    const loaded = node?.phase === 'loaded' ? node : null;
    return judgeStatus({
      wanted: context.revision,
      tainted: context.node.tainted,
      power: node?.power ?? 'off',
      current: loaded,
      reachable: loaded?.power === 'on',
      postLoad: undefined,
    });
  },

  async get_current_image(context) {
    context.signal.throwIfAborted();
    const node = await readNode(context);
    return node?.phase === 'loaded' ? node.image : null;
  },

  async get_image_size(context) {
    context.signal.throwIfAborted();
    return wantedRevision(context, ['simulated']).sizeBytes;
  },

  async unload(context) {
    context.signal.throwIfAborted();
    await removeNode(context);
  },

  async list_artefacts({ directory, signal }) {
    signal.throwIfAborted();
    const names = (await listNodeFiles(directory)).map(artefactOf);
    return names.map((name) => ({
      name,
      installation: null,
      nodeId: null,
      load: null,
      ...parseArtefactName(name),
      what: 'simulated machine',
    }));
  },

  async remove_artefact({ directory, installation, signal }, { name }) {
    signal.throwIfAborted();
    if (parseArtefactName(name)?.installation !== installation) {
      throw new ModuleError('refused', `${name} was made by another installation: it is left alone`);
    }
    await rm(join(directory, `${name}.json`), { force: true });
  },
});
