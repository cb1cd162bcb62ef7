import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSeen } from '../../../../../modules/provisioning/shared/metal/image-server/seen-machines.ts';
import {
  type InspectJob,
  measured,
} from '../../../../../modules/provisioning/shared/metal/jobs/inspect-job.ts';
import { removeJob, writeJob } from '../../../../../modules/provisioning/shared/metal/jobs/job.ts';
import { readReports } from '../../../../../modules/provisioning/shared/metal/jobs/job-log.ts';
import { judgeMeasurements } from '../../../../../modules/provisioning/shared/metal/judge-inspection.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import type { BareNode } from '../../../../helpers/bare-node.ts';
import { imageAgent } from '../../../../helpers/image-agent.ts';
import { hasMarks, markDisk } from '../../../../helpers/marked-disk.ts';
import { virtioDisk } from '../../../../helpers/more-disks.ts';
import { smallStream } from '../../../../helpers/small-stream.ts';
import { AgentBench, headOf, makeBootable, soon } from './agent-bench.ts';

/** What takes longer, and what the modules' conformance shows as well, is in the full tests. */
describe('the imaging agent', function () {
  this.timeout(1_500_000);
  let bench: AgentBench;
  let node: BareNode;
  let second: string;

  before(async () => {
    bench = await AgentBench.open();
    node = await bench.newNode(1, 64, { more: virtioDisk('second.raw') });
    second = join(dirname(node.disk), 'second.raw');
    await markDisk(node.disk, 64 * 1024 ** 2);
    await markDisk(second, 33 * 1024 ** 2 + 512 * 3);
    await makeBootable(node);
  });
  after(async () => await bench?.close());

  it('writes nothing to a machine that is discovered, nor to one that is inspected, to the last byte of its disk', async () => {
    const whole = async () => sha256(await readFile(node.disk));
    const before = await whole();
    await node.powerOn('always');
    await node.says(/^disk$/m, soon());
    const [seen] = await readSeen(bench.pool.directory);
    assert.deepEqual([seen?.mac, seen?.told], [node.mac, 'its own disk']);
    await node.powerOff();
    assert.equal(await whole(), before);

    const seconds = { memory: 2, disk: 5, network: 2 };
    const wanted = {
      ...{ artefact: 'test-n1-l0', node: 'metal1', mac: node.mac, action: 'inspect' as const, seconds },
      expiresAt: Date.now() + 3_600_000,
    };
    const job = await writeJob<InspectJob>(bench.pool.directory, wanted);
    await node.powerOn('once');
    const steps: string[] = [];
    await bench.follow(job, steps);
    await node.off(soon());
    assert.equal(await whole(), before);
    assert.deepEqual(steps.slice(-5), [
      ...['measuring the processor', 'burning in the memory', 'reading the disks'],
      ...['burning in the network', 'it was inspected'],
    ]);
    const reports = await readReports(bench.pool.directory, job);
    const said = reports.filter(({ phase }) => phase === measured).map(({ says = '' }) => says);
    const parts = judgeMeasurements(said, seconds);
    assert.deepEqual(
      parts.map(({ name, result }) => `${name}: ${result}`),
      ['Processor: fine', 'Memory: fine', 'Disk vda: fine', 'Disk vdb: fine', 'Network card eth0: fine'],
    );
    for (const { name, measured: found } of parts) assert.ok((found?.value ?? 0) > 0, name);
    await removeJob(bench.pool.directory, node.mac);
  });

  it('writes it though the server is away for a moment, and never again from the network, with nothing left of its last person on any disk (req. 16, 17, 19, 21, 25)', async () => {
    await node.powerOff();
    const stream = await smallStream(bench.pool.directory);
    const job = await bench.pool.job(node.mac, stream, { clean: 'metadata' });
    // For one of its tries the agent cannot be had; then it is there.
    await bench.pool.serve({ kernel: 'gone' });
    await node.powerOn('once');
    await complaint();
    await bench.pool.serve(await imageAgent());
    const steps: string[] = [];
    const done = await bench.follow(job, steps);
    assert.deepEqual(
      done.phases.map(({ phase }) => phase),
      ['script', 'system', 'agent', 'cleaning', 'writing', 'sealing', 'done'],
    );
    assert.deepEqual(
      done.cleaned?.map(({ name, bytes, result, method }) => [name, bytes, result, method]),
      [
        ['vda', 64 * 1024 ** 2, 'clean', 'taken away'],
        ['vdb', 33 * 1024 ** 2 + 512 * 3, 'clean', 'taken away'],
      ],
    );
    assert.deepEqual([await hasMarks(node.disk), await hasMarks(second)], [false, false]);
    assert.equal(steps.at(-1), 'the disk is written');
    assert.equal(done.inventory?.firmware, 'bios');
    assert.deepEqual(
      done.inventory?.nics.map(({ mac, driver }) => [mac, driver]),
      [[node.mac, 'virtio_net']],
    );
    assert.deepEqual(
      done.inventory?.disks.map(({ name, sectors }) => [name, sectors]),
      [
        ['vda', 64 * 2048],
        ['vdb', 33 * 2048 + 3],
      ],
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
