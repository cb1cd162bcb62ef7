import assert from 'node:assert/strict';
import { copyFile, open, readFile, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { prepareStream } from '../../../../../modules/provisioning/shared/metal/stream.ts';
import type { CleanedDisk } from '../../../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import type { BareNode } from '../../../../helpers/bare-node.ts';
import { logIn } from '../../../../helpers/guest-ssh.ts';
import { hasMarks, markDisk } from '../../../../helpers/marked-disk.ts';
import { brokenDisk, nvmeDisk } from '../../../../helpers/more-disks.ts';
import { smallStream } from '../../../../helpers/small-stream.ts';
import { waitForBanner } from '../../../../helpers/ssh-banner.ts';
import { testIdentity } from '../../../../helpers/test-identity.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';
import { AgentBench, headOf, makeBootable, never, soon } from './agent-bench.ts';

describe('the imaging agent, in full', function () {
  this.timeout(1_500_000);
  let bench: AgentBench;

  before(async () => {
    bench = await AgentBench.open();
  });
  afterEach(async () => await bench.allOff());
  after(async () => await bench?.close());

  it('writes what is used of tiny, which comes up as this load and fills its disk (req. 1, 22)', async () => {
    const node = await bench.newNode(1, 2048);
    const revision = await tinyRevision();
    const stream = await prepareStream({ directory: bench.pool.directory, signal: never }, revision);
    assert.ok(stream.bytes < revision.sizeBytes, 'only what is used goes over the wire');
    const identity = testIdentity({ instanceId: 'test-load-1' });
    const job = await bench.pool.job(node.mac, stream, { identity });
    await node.powerOn('once');
    await bench.follow(job);
    await answersAs(node, identity);
    const before = await headOf(node);
    await node.powerOn('always');
    await answersAs(node, identity);
    assert.equal(await headOf(node), before);
  });

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

  it('leaves a disk that does not start after a stream that is cut in half (req. 21)', async () => {
    const node = await bench.newNode(2, 64);
    await makeBootable(node);
    const good = await smallStream(bench.pool.directory);
    const body = join(bench.pool.directory, 'cut');
    await copyFile(good.body, body);
    await truncate(body, 500_000);
    const job = await bench.pool.job(node.mac, { ...good, body });
    await node.powerOn('once');
    await assert.rejects(bench.follow(job), {
      kind: 'node_broken',
      message: `metal1: the stream was cut: 500000 of ${good.bytes} bytes came. The disk does not start.`,
    });
    await node.off(soon());
    assert.equal(await headOf(node), sha256(Buffer.alloc(65_536)));
    await node.powerOn('never');
    await node.says(/not a bootable disk|No bootable device/, soon(), 'firmware');
  });

  it('leaves a disk that does not start after a stream in which one byte differs (req. 21)', async () => {
    const node = await bench.newNode(4, 64);
    await makeBootable(node);
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

  it('says on the console which network card has no driver', async () => {
    const node = await bench.newNode(3, 64, { card: 'rtl8139' });
    const job = await bench.pool.job(node.mac, await smallStream(bench.pool.directory));
    await makeBootable(node);
    const before = await headOf(node);
    await node.powerOn('once');
    await node.says(
      /no network card has the address 52:54:00:aa:00:03. Without a driver: 10ec:8139 at /,
      soon(),
    );
    await node.off(soon());
    assert.equal(await headOf(node), before, 'the disk is as it was');
    await assert.rejects(
      bench.follow(job, [], { stillMs: 0, totalMs: 0 }),
      /metal1 took the imaging agent, which never called: its console says why/,
    );
  });

  it('cleans each disk as its class can, says which one it could not, and is handed nothing then (req. 25)', async () => {
    const more = [...nvmeDisk('nvme.raw'), ...brokenDisk('broken.raw')];
    const inside = (name: string) => join(dirname(other.disk), name);
    const other = await bench.newNode(6, 24, { more });
    const disks = [inside('nvme.raw'), other.disk, inside('broken.raw')];
    for (const disk of disks) await markDisk(disk, 24 * 1024 ** 2);
    const stream = await smallStream(bench.pool.directory);
    const job = await bench.pool.job(other.mac, stream, { clean: 'secure' });
    await other.powerOn('once');
    const error = await bench.follow(job).then(
      () => assert.fail('it went on'),
      (failed: unknown) => failed,
    );
    assert.ok(error instanceof ModuleError);
    assert.match(
      error.message,
      /^metal1: cleaning failed, so that nobody is given it \(vdb: it takes no writes/,
    );
    assert.deepEqual(
      (error.facts.cleaned as readonly CleanedDisk[]).map(({ name, result, method }) => [
        name,
        result,
        method,
      ]),
      [
        ['nvme0n1', 'clean', 'format, erasing its blocks'],
        ['vda', 'clean', 'overwritten'],
        ['vdb', 'failed', 'overwritten'],
      ],
    );
    await other.off(soon());
    assert.equal(await headOf(other), sha256(Buffer.alloc(65_536)), 'nothing was written to it');
    assert.deepEqual(await Promise.all(disks.map(hasMarks)), [false, false, true]);
  });
});

async function flipOneByte(path: string): Promise<void> {
  const content = await readFile(path);
  content[600_000] = (content[600_000] ?? 0) ^ 1;
  const file = await open(path, 'r+');
  await file.write(content, 600_000, 1, 600_000);
  await file.close();
}
