import assert from 'node:assert/strict';
import { copyFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import type { BareNode } from '../../../../helpers/bare-node.ts';
import { imageAgent } from '../../../../helpers/image-agent.ts';
import { smallStream } from '../../../../helpers/small-stream.ts';
import { AgentBench, headOf, makeBootable, soon } from './agent-bench.ts';

/** What takes longer, and what the modules' conformance shows as well, is in the full tests. */
describe('the imaging agent', function () {
  this.timeout(1_500_000);
  let bench: AgentBench;
  let node: BareNode;

  before(async () => {
    bench = await AgentBench.open();
    node = await bench.newNode(1, 64);
    await makeBootable(node);
  });
  after(async () => await bench?.close());

  it('leaves a disk that does not start after a stream in which one byte differs (req. 21)', async () => {
    const good = await smallStream(bench.pool.directory);
    const body = join(bench.pool.directory, 'spoilt');
    await copyFile(good.body, body);
    await flipOneByte(body);
    const job = await bench.pool.job(node.mac, { ...good, body });
    await node.powerOn('once');
    const sentence =
      /^metal1: the stream is not what was kept: its digest is [0-9a-f]{64} instead of [0-9a-f]{64}\. The disk does not start\.$/;
    await assert.rejects(bench.follow(job), (error) => {
      assert.ok(error instanceof ModuleError);
      assert.match(error.message, sentence);
      return error.kind === 'node_broken';
    });
    await node.off(soon());
    assert.equal(await headOf(node), sha256(Buffer.alloc(65_536)));
    await node.powerOn('never');
    await node.says(/not a bootable disk|No bootable device/, soon(), 'firmware');
  });

  it('writes it the next time though the server is away for a moment, and never again from the network (req. 16, 17, 19, 21)', async () => {
    await node.powerOff();
    const job = await bench.pool.job(node.mac, await smallStream(bench.pool.directory));
    // For one of its tries the agent cannot be had; then it is there.
    await bench.pool.serve({ kernel: 'gone' });
    await node.powerOn('once');
    await complaint();
    await bench.pool.serve(await imageAgent());
    const steps: string[] = [];
    const done = await bench.follow(job, steps);
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
      [['vda', 64 * 2048]],
    );
    await node.says(/^disk$/m, soon());

    // A machine whose firmware asks the network first is told to start its disk, with the job still lying there.
    const before = await headOf(node);
    await node.powerOn('always');
    await node.says(/^disk$/m, soon());
    assert.equal(await headOf(node), before);
  });

  /** Resolves when the image server had to say that the kernel is not there. */
  async function complaint(): Promise<void> {
    const log = metalFiles(bench.pool.directory).serverLog;
    const signal = soon();
    while (!(await readFile(log, 'utf8')).includes("'gone'")) {
      signal.throwIfAborted();
      await sleep(100);
    }
  }
});

async function flipOneByte(path: string): Promise<void> {
  const content = await readFile(path);
  content[600_000] = (content[600_000] ?? 0) ^ 1;
  const file = await open(path, 'r+');
  await file.write(content, 600_000, 1, 600_000);
  await file.close();
}
