import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provisioning } from '../../../../modules/provisioning/registry.ts';
import { simulatedRevision } from '../../../helpers/module-context.ts';
import { describeConformance } from '../conformance.ts';

describeConformance('simulator', {
  async open() {
    return {
      module: provisioning.simulator,
      os: null,
      directory: await mkdtemp(join(tmpdir(), 'labrador-simulator-')),
      settings: { loadSeconds: 0.05 },
      revision: simulatedRevision(),
    };
  },
  close: async ({ directory }) => await rm(directory, { recursive: true }),
  missing: (revision) => ({ ...revision, format: 'qcow2', file: '/nowhere' }),
  begun: 'starting the machine',
  steps: ['making the disk', 'starting the machine', 'waiting for the system'],
  loadSeconds: 1,
});
