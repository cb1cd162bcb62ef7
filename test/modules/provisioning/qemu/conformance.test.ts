import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '../../../../modules/os/registry.ts';
import { provisioning } from '../../../../modules/provisioning/registry.ts';
import { closeShells } from '../../../../src/lib/ssh-shell.ts';
import { tinyRevision } from '../../../helpers/tiny-image.ts';
import { describeConformance } from '../conformance.ts';

describeConformance('qemu', {
  async open() {
    return {
      module: provisioning.qemu,
      os: os.linux,
      directory: await mkdtemp(join(tmpdir(), 'labrador-qemu-')),
      settings: { bootSeconds: 60 },
      revision: await tinyRevision(),
    };
  },
  async close({ directory }) {
    closeShells();
    await rm(directory, { recursive: true });
  },
  missing: (revision) => ({ ...revision, file: '/nowhere/tiny.qcow2' }),
  begun: 'starting the machine',
  steps: ['making the disk', 'starting the machine', 'waiting for the system'],
  loadSeconds: 20,
});
