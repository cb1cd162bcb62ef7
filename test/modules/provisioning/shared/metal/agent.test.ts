import assert from 'node:assert/strict';
import { copyFile, open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { followProgress } from '../../../../../modules/provisioning/shared/metal/follow-progress.ts';
import type { Job } from '../../../../../modules/provisioning/shared/metal/jobs/kinds.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { prepareStream } from '../../../../../modules/provisioning/shared/metal/stream.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import { type BareNode, makeBareNode } from '../../../../helpers/bare-node.ts';
import { logIn } from '../../../../helpers/guest-ssh.ts';
import { imageAgent } from '../../../../helpers/image-agent.ts';
import { type MetalPool, makeMetalPool } from '../../../../helpers/metal-pool.ts';
import { smallStream } from '../../../../helpers/small-stream.ts';
import { waitForBanner } from '../../../../helpers/ssh-banner.ts';
import { testIdentity } from '../../../../helpers/test-identity.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';

// A guest here shares two processors with whatever else runs: it may take twenty times as long as alone.
const patience = { stillMs: 300_000, totalMs: 600_000 };
const soon = () => AbortSignal.timeout(300_000);
const never = new AbortController().signal;

describe('the imaging agent', function () {
  this.timeout(1_500_000);
  let pool: MetalPool;
  const nodes: BareNode[] = [];

  before(async () => {
    pool = await makeMetalPool();
  });

  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.powerOff();
  });

  after(async () => {
    await pool.close();
  });

  async function newNode(number: number, diskMb: number, card?: string): Promise<BareNode> {
    const mac = `52:54:00:aa:00:0${number}`;
    const node = await makeBareNode({ sockets: pool.sockets, mac, diskMb, ...(card ? { card } : {}) });
    nodes.push(node);
    await pool.serve(await imageAgent());
    return node;
  }

  function follow(job: Job, steps: string[] = []) {
    const progress = (step: string) => void (steps.at(-1) !== step && steps.push(step));
    return followProgress(job, { directory: pool.directory, signal: never, progress, patience });
  }

  it('writes tiny, which comes up as this load and never again from the network (16, 17, 19, 21, 22)', async () => {
    const node = await newNode(1, 2048);
    const revision = await tinyRevision();
    const stream = await prepareStream({ directory: pool.directory, signal: never }, revision);
    assert.ok(stream.bytes < revision.sizeBytes, 'only what is used goes over the wire');
    const identity = testIdentity({ instanceId: 'test-load-1' });
    const job = await pool.job(node.mac, stream, { identity });
    // For two of its tries the agent cannot be had; then it is there (19).
    await pool.serve({ kernel: 'gone' });
    await node.powerOn('once');
    await complaints(2);
    await pool.serve(await imageAgent());
    const steps: string[] = [];
    const done = await follow(job, steps);

    assert.deepEqual(
      done.phases.map(({ phase }) => phase),
      ['script', 'system', 'agent', 'writing', 'sealing', 'done'],
    );
    assert.equal(steps.at(-1), 'the disk is written');
    assert.equal(done.inventory?.firmware, 'bios');
    assert.deepEqual(
      done.inventory?.nics.map(({ mac, driver }) => [mac, driver]),
      [[node.mac, 'virtio_net']],
    );
    assert.deepEqual(
      done.inventory?.disks.map(({ name, sectors }) => [name, sectors]),
      [['vda', 2048 * 2048]],
    );
    await answersAs(node, identity);

    // A machine whose firmware asks the network first is told to start its disk, with the job still lying there.
    const before = await headOf(node);
    await node.powerOn('always');
    await answersAs(node, identity);
    assert.equal(await headOf(node), before);
  });

  /** Resolves when the image server had to say so often that the kernel is not there. */
  async function complaints(times: number): Promise<void> {
    const log = metalFiles(pool.directory).serverLog;
    const signal = soon();
    while ((await readFile(log, 'utf8')).split("'gone'").length <= times) {
      signal.throwIfAborted();
      await sleep(100);
    }
  }

  async function answersAs(node: BareNode, identity: ReturnType<typeof testIdentity>): Promise<void> {
    await waitForBanner(node.port, soon()).catch(async (cause: unknown) => {
      throw new Error(`it does not greet; its console: ${(await node.console()).slice(-500)}`, { cause });
    });
    const root = { port: node.port, username: 'root', privateKey: identity.managementPrivateKey };
    const shell = await logIn({ ...root, patience: 300_000 });
    assert.equal(shell.hostKey, identity.hostKeys[0]?.public.split(' ')[1]);
    const { output } = await shell.run('hostname; df -m / | tail -n 1; findfs LABEL=CIDATA');
    assert.match(output, /^node7\n/);
    assert.match(output, /\/dev\/vda3/);
    const size = Number(output.split('\n')[1]?.trim().split(/\s+/)[1]);
    assert.ok(size > 1500, `the file system grew to the seed: ${output}`);
    shell.close();
  }

  const bad: readonly (readonly [string, (body: string) => Promise<void>, RegExp])[] = [
    [
      'a stream that is cut in half',
      async (body) => await truncate(body, 500_000),
      /^metal1: the stream was cut: 500000 of \d+ bytes came\. The disk does not start\.$/,
    ],
    [
      'a stream in which one byte differs',
      flipOneByte,
      /^metal1: the stream is not what was kept: its digest is [0-9a-f]{64} instead of [0-9a-f]{64}\. The disk does not start\.$/,
    ],
  ];
  for (const [index, [what, spoil, sentence]] of bad.entries()) {
    it(`leaves a disk that does not start after ${what} (21)`, async () => {
      const node = await newNode(index + 2, 64);
      await bootable(node);
      const good = await smallStream(pool.directory);
      const body = join(pool.directory, `spoilt-${index}`);
      await copyFile(good.body, body);
      await spoil(body);
      const job = await pool.job(node.mac, { ...good, body });
      await node.powerOn('once');
      await assert.rejects(follow(job), (error) => {
        assert.ok(error instanceof ModuleError);
        assert.match(error.message, sentence);
        return error.kind === 'node_broken';
      });
      await node.off(soon());
      assert.equal(await headOf(node), sha256(Buffer.alloc(65_536)));
      await node.powerOn('never');
      await node.says(/not a bootable disk|No bootable device/, soon(), 'firmware');
    });
  }

  it('says on the console which network card has no driver', async () => {
    const node = await newNode(4, 64, 'rtl8139');
    const job = await pool.job(node.mac, await smallStream(pool.directory));
    await bootable(node);
    const before = await headOf(node);
    await node.powerOn('once');
    await node.says(
      /no network card has the address 52:54:00:aa:00:04. Without a driver: 10ec:8139 at /,
      soon(),
    );
    await node.off(soon());
    assert.equal(await headOf(node), before, 'the disk is as it was');
    const impatient = { stillMs: 0, totalMs: 0 };
    await assert.rejects(
      followProgress(job, {
        directory: pool.directory,
        signal: never,
        progress: () => undefined,
        patience: impatient,
      }),
      /metal1 took the imaging agent, which never called: its console says why/,
    );
  });
});

/** Something that a firmware would start. */
async function bootable({ disk }: BareNode): Promise<void> {
  const file = await open(disk, 'r+');
  await file.write(Buffer.from([0xf4, 0xeb, 0xfd]), 0, 3, 0);
  await file.write(Buffer.from([0x55, 0xaa]), 0, 2, 510);
  await file.close();
}

async function flipOneByte(path: string): Promise<void> {
  const content = await readFile(path);
  content[600_000] = (content[600_000] ?? 0) ^ 1;
  const file = await open(path, 'r+');
  await file.write(content, 600_000, 1, 600_000);
  await file.close();
}

/** Digest of the disk's first sectors. */
async function headOf({ disk }: BareNode): Promise<string> {
  const file = await open(disk, 'r');
  const { buffer } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
  await file.close();
  return sha256(buffer);
}
