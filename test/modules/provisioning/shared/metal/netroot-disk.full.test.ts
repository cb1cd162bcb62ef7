import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { os } from '../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../modules/provisioning/registry.ts';
import { stopImageServer } from '../../../../../modules/provisioning/shared/metal/ensure-image-server.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { rackFiles } from '../../../../../src/cli/rack/rack-node.ts';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import { artefactName, type ProvisioningModule } from '../../../../../src/domain/contracts/provisioning.ts';
import { killProcess, type ProcessId } from '../../../../../src/lib/detached-process.ts';
import { fileDigest } from '../../../../../src/lib/file-digest.ts';
import { makeSeed } from '../../../../../src/lib/images/make-seed.ts';
import { seedFiles } from '../../../../../src/lib/images/seed.ts';
import { closeShells, connectShell } from '../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../helpers/rack.ts';
import { testIdentity } from '../../../../helpers/test-identity.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';
import { Bench } from '../../bench.ts';

/** Each test goes on with what the one before left: a start takes seconds. */
describe('a machine whose disk lies on the server', function () {
  this.timeout(300_000);
  const module: ProvisioningModule = provisioning.ipmi;
  let rack: TestRack;
  let bench: Bench;
  let node: NodeFacts;
  let ownDisk: string;
  let asItWas = { own: '', image: '' };

  const digests = async () => ({
    own: await fileDigest(ownDisk),
    image: await fileDigest(bench.subject.revision.file),
  });
  const loadFolder = () => join(rack.directory, artefactName('conformance', node));
  const exportsId = async () =>
    (JSON.parse(await readFile(join(loadFolder(), 'exports.json'), 'utf8')) as [ProcessId])[0];
  async function run(script: string): Promise<string> {
    assert.ok(node.management);
    const { signal } = bench.context(node);
    const { managementKey: privateKey } = bench.secretsOf(node);
    const shell = connectShell({ ...node.management, privateKey, hostKeys: node.hostKeys, signal });
    return (await shell.run(script)).stdout.trim();
  }

  before(async () => {
    rack = await makeTestRack();
    const { directory } = rack;
    await mkdir(directory);
    await imageAgent();
    await symlink(imageAgents, metalFiles(directory).agents);
    ownDisk = join(rack.machine.folder, rackFiles.disk);
    // Another system's seed, which this one would take for its own.
    await makeSeed(ownDisk, seedFiles(testIdentity({ hostname: 'somebody-else' })));
    const settings = { ...rack.settings, loading: 'netroot' };
    const revision = await tinyRevision();
    bench = new Bench({ module, os: os.linux, directory, settings, node: rack.node, revision });
    node = bench.newNode();
    asItWas = await digests();
  });
  after(async () => {
    closeShells();
    await module.unload?.(bench.context(node));
    await rack.close();
  });

  it('is loaded, knows who it is, and does not see its own disk (req. 29)', async () => {
    node = await bench.load(node);
    assert.equal(await run('cat /proc/sys/kernel/hostname'), 'rack1');
    assert.match(await run('awk \'$2 == "/"\' /proc/mounts'), /^\/dev\/nbd0p2 \/ ext4 rw/m);
    assert.equal(await run('ls /sys/block | grep -v -e nbd -e loop -e ram || true'), '');
    assert.equal((await module.node_status(bench.context(node))).status, 'READY');
  });

  it('keeps its disk while the image server is away, and through a reset after what served it was killed', async () => {
    await stopImageServer(rack.directory);
    await run('echo what I wrote >/root/mine; sync; echo 3 >/proc/sys/vm/drop_caches; cat /root/mine');
    const first = await exportsId();
    await killProcess(first);
    assert.equal((await module.node_status(bench.context(node))).status, 'RELOAD');
    await module.power_reset(bench.context(node));
    assert.notDeepEqual(await exportsId(), first);
    assert.equal(await run('cat /root/mine'), 'what I wrote');
  });

  it('ends with nothing left, neither here nor on its own disk nor on the image', async () => {
    const { pid } = await exportsId();
    await module.unload?.(bench.context(node));
    await assert.rejects(readFile(`/proc/${pid}/cmdline`), { code: 'ENOENT' });
    const names = await readdir(rack.directory);
    assert.ok(!names.includes(artefactName('conformance', node)), names.join(' '));
    await assert.rejects(connected(join(rack.machine.folder, rackFiles.disks)));
    assert.deepEqual(await digests(), asItWas);
  });
});

async function connected(path: string): Promise<void> {
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject)).finally(() =>
    socket.destroy(),
  );
}
