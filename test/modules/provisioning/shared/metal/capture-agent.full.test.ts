import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followProgress } from '../../../../../modules/provisioning/shared/metal/follow-progress.ts';
import {
  type CaptureJob,
  readSent,
} from '../../../../../modules/provisioning/shared/metal/jobs/capture-job.ts';
import { writeJob } from '../../../../../modules/provisioning/shared/metal/jobs/job.ts';
import { exec } from '../../../../../src/lib/exec.ts';
import { fileDigest } from '../../../../../src/lib/file-digest.ts';
import { writeCapturedDisk } from '../../../../../src/lib/images/captured-disk.ts';
import { type BareNode, makeBareNode } from '../../../../helpers/bare-node.ts';
import { imageAgent } from '../../../../helpers/image-agent.ts';
import { type MetalPool, makeMetalPool } from '../../../../helpers/metal-pool.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';

// A guest here shares two processors with whatever else runs: it may take twenty times as long as alone.
const patience = { stillMs: 300_000, totalMs: 600_000 };
const { signal } = new AbortController();

describe('the imaging agent that reads a disk', function () {
  this.timeout(1_500_000);
  let pool: MetalPool;
  let node: BareNode;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-capture-'));
    pool = await makeMetalPool();
    node = await makeBareNode({ sockets: pool.sockets, mac: '52:54:00:cc:00:01', diskMb: 1024 });
    const { file } = await tinyRevision();
    await exec('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', file, node.disk]);
    await truncate(node.disk, 1_100 * 1024 ** 2);
    await pool.serve(await imageAgent());
  });
  after(async () => {
    await node.powerOff();
    await pool.close();
    await rm(folder, { recursive: true });
  });

  async function read(steps: string[] = []): Promise<CaptureJob> {
    const wanted = {
      artefact: 'test-n1-l1',
      node: 'metal1',
      mac: node.mac,
      expiresAt: Date.now() + 3_600_000,
    };
    const job = await writeJob<CaptureJob>(pool.directory, { ...wanted, action: 'capture' });
    await node.powerOn('once');
    const progress = (step: string) => void (steps.at(-1) !== step && steps.push(step));
    await followProgress(job, { directory: pool.directory, signal, progress, patience });
    return job;
  }

  it('sends what is used of it, and leaves it as it was (req. 23)', async () => {
    const before = await fileDigest(node.disk);
    const steps: string[] = [];
    const job = await read(steps);
    assert.deepEqual(steps.slice(-4), [
      'looking at the hardware',
      'looking for what is used',
      'saving the disk',
      'the disk is read',
    ]);
    await node.off(AbortSignal.timeout(patience.stillMs));
    assert.equal(await fileDigest(node.disk), before);

    const sent = await readSent(pool.directory, job);
    assert.ok(sent);
    assert.deepEqual([sent.bytes, sent.sha256], [(await stat(sent.body)).size, await fileDigest(sent.body)]);
    const raw = join(folder, 'raw');
    const image = await writeCapturedDisk({ ...sent, diskSectors: 1_100 * 2048 }, raw, signal);
    assert.deepEqual([image.table, image.bios, image.sectors], ['mbr', true, 1024 * 2048]);
    await exec('qemu-img', ['compare', '-f', 'qcow2', '-F', 'raw', (await tinyRevision()).file, raw]);
  });

  it('reads no file system that was not left clean, and says which (req. 23)', async () => {
    const root = `${node.disk}?offset=${32 * 1024 ** 2}`;
    await exec('/usr/sbin/debugfs', ['-w', '-R', 'feature needs_recovery', root]);
    await assert.rejects(
      read(),
      /^ModuleError: metal1: the file system on vda2 was not left clean: start the machine/,
    );
  });
});
