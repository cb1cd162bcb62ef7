/** The folder of a bare-metal pool with its image server, and jobs for machines of it. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ensureImageServer,
  stopImageServer,
} from '../../modules/provisioning/shared/metal/ensure-image-server.ts';
import type { ServerConfig } from '../../modules/provisioning/shared/metal/image-server/config.ts';
import type { LoadJob } from '../../modules/provisioning/shared/metal/jobs/load-job.ts';
import {
  type LoadWanted,
  writeLoadJob,
} from '../../modules/provisioning/shared/metal/jobs/write-load-job.ts';
import type { StreamManifest } from '../../modules/provisioning/shared/metal/stream.ts';
import { type Identity, seedFiles } from '../../src/lib/images/seed.ts';
import { testIdentity } from './test-identity.ts';

export interface MetalPool {
  readonly directory: string;
  /** A folder with a folder for each machine, as the image server wants it. */
  readonly sockets: string;
  /** Starts the server, or tells it of new machines. */
  serve(config?: Partial<ServerConfig>): Promise<void>;
  job(
    mac: string,
    stream: StreamManifest,
    parts?: Partial<LoadWanted> & { identity?: Identity },
  ): Promise<LoadJob>;
  close(): Promise<void>;
}

export async function makeMetalPool(): Promise<MetalPool> {
  const root = await mkdtemp(join(tmpdir(), 'labrador-metal-'));
  const [directory, sockets] = [join(root, 'pool'), join(root, 'nodes')];
  await mkdir(sockets);
  return {
    directory,
    sockets,
    serve: async (config = {}) => {
      const none = {
        address: null,
        kernel: '',
        initramfs: '',
        captureTools: '',
        modules: '',
        loaders: null,
        console: 'console=ttyS0,115200',
      };
      await ensureImageServer(directory, { ...none, sockets, ...config });
    },
    job: async (mac, stream, { identity = testIdentity(), ...parts } = {}) =>
      await writeLoadJob(directory, {
        artefact: `test-n1-l${randomUUID().slice(0, 8)}`,
        node: 'metal1',
        mac,
        expiresAt: Date.now() + 3_600_000,
        stream,
        seed: seedFiles(identity),
        ...parts,
      }),
    close: async () => {
      await stopImageServer(directory);
      await rm(root, { recursive: true, force: true });
    },
  };
}
