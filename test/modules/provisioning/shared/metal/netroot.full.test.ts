import assert from 'node:assert/strict';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { os } from '../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../modules/provisioning/registry.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { startBmc, stopBmc } from '../../../../../src/cli/rack/bmc.ts';
import { pressChassis } from '../../../../../src/cli/rack/chassis.ts';
import { makeRackNode } from '../../../../../src/cli/rack/make-node.ts';
import { rackMachine } from '../../../../../src/cli/rack/rack.ts';
import { type RackNode, rackNodeFolder } from '../../../../../src/cli/rack/rack-node.ts';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import { artefactName, type ProvisioningModule } from '../../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { closeShells, connectShell } from '../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../helpers/rack.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';
import { Bench } from '../../bench.ts';
import { describeConformance } from '../../conformance.ts';
import { metalHarness } from './harness.ts';

const troubled = { aborted: ['connecting its disk'], killed: ['connecting its disk'] };
describeConformance('ipmi, disks on the server', metalHarness('ipmi', troubled, 'netroot'));

/** Each test goes on with what the one before left. */
describe('two machines whose disks lie on the server, on one image', function () {
  this.timeout(600_000);
  const module: ProvisioningModule = provisioning.ipmi;
  let rack: TestRack;
  let second: RackNode;
  let bench: Bench;
  let nodes: NodeFacts[] = [];

  async function run(node: NodeFacts, script: string): Promise<string> {
    assert.ok(node.management);
    const { signal } = bench.context(node);
    const { managementKey: privateKey } = bench.secretsOf(node);
    const shell = connectShell({ ...node.management, privateKey, hostKeys: node.hostKeys, signal });
    return (await shell.run(script)).stdout.trim();
  }
  const onEach = (script: string) => Promise.all(nodes.map((node) => run(node, script)));

  before(async () => {
    rack = await makeTestRack();
    const mac = '52:54:00:5a:00:02';
    const folder = rackNodeFolder(dirname(rack.directory), mac);
    second = await makeRackNode({ folder, number: 2, name: 'rack2', mac, protocol: 'ipmi' });
    await startBmc(second);
    await mkdir(rack.directory);
    await imageAgent();
    await symlink(imageAgents, metalFiles(rack.directory).agents);
    const settings = { ...rack.settings, loading: 'netroot' };
    const { directory, node } = rack;
    const revision = await tinyRevision();
    bench = new Bench({ module, os: os.linux, directory, settings, node, revision });
    const { hardware, ...facts } = rackMachine(second);
    nodes = [bench.newNode(), bench.newNode({ ...facts, hardware: { ...hardware, inventory: null } })];
  });
  after(async () => {
    closeShells();
    for (const node of nodes) await module.unload?.(bench.context(node));
    await pressChassis(second, 'set', 'power', '0');
    await stopBmc(second);
    await rack.close();
  });

  it('never see what the other writes (req. 29)', async () => {
    nodes = await Promise.all(nodes.map((node) => bench.load(node)));
    await onEach('cat /proc/sys/kernel/hostname >/root/mine; sync');
    await onEach('echo 3 >/proc/sys/vm/drop_caches');
    assert.deepEqual(await onEach('cat /root/mine'), ['rack1', 'rack2']);
  });

  it('keep it through a reboot of their own', async () => {
    const [node] = nodes;
    assert.ok(node);
    const boot = () => run(node, 'cat /proc/sys/kernel/random/boot_id');
    const before = await boot();
    await run(node, '(sleep 1; reboot) >/dev/null 2>&1 &');
    for (let now = before; now === before; await pause(500)) {
      now = await boot().catch((error: unknown) => {
        if (error instanceof ModuleError) return before;
        throw error;
      });
    }
    assert.equal(await run(node, 'cat /root/mine'), 'rack1');
  });

  it('end apart', async () => {
    const [first, other] = nodes;
    assert.ok(first && other);
    await module.unload?.(bench.context(first));
    const kept = (await readdir(rack.directory)).filter((name) => name.startsWith('conformance-'));
    assert.deepEqual(kept, [artefactName('conformance', other)]);
    await run(other, 'echo 3 >/proc/sys/vm/drop_caches');
    assert.equal(await run(other, 'cat /root/mine'), 'rack2');
  });
});
