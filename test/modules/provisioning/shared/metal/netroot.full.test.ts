import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { os } from '../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../modules/provisioning/registry.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import { artefactName, type ProvisioningModule } from '../../../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { closeShells } from '../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../helpers/rack.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';
import { Bench } from '../../bench.ts';
import { describeConformance } from '../../conformance.ts';
import { captureToAnother, runOn } from './capture-to-another.ts';
import { metalHarness } from './harness.ts';

const troubled = { aborted: ['connecting its disk'], killed: ['connecting its disk'] };
describeConformance('ipmi, disks on the server', metalHarness('ipmi', troubled, 'netroot'));

/** Each test goes on with what the one before left. */
describe('two machines whose disks lie on the server, on one image', function () {
  this.timeout(2_400_000);
  const module: ProvisioningModule = provisioning.ipmi;
  let rack: TestRack;
  let bench: Bench;
  let nodes: NodeFacts[] = [];

  const run = (node: NodeFacts, script: string) => runOn(bench, node, script);
  const onEach = (script: string) => Promise.all(nodes.map((node) => run(node, script)));

  before(async () => {
    rack = await makeTestRack();
    await mkdir(rack.directory);
    await imageAgent();
    await symlink(imageAgents, metalFiles(rack.directory).agents);
    const patient = { silentSeconds: 1200, bootSeconds: 1200 };
    const settings = { ...rack.settings, ...patient, loading: 'netroot' };
    const { directory, node } = rack;
    const revision = await tinyRevision();
    bench = new Bench({ module, os: os.linux, directory, settings, node, revision });
    nodes = [bench.newNode(), bench.newNode((await rack.add()).node)];
  });
  after(async () => {
    closeShells();
    for (const node of nodes) await module.unload?.(bench.context(node));
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
    assert.equal(
      await run(node, 'cat /root/mine; ls /lib/modules/$(uname -r)/modules.dep | wc -l'),
      'rack1\n1',
    );
  });

  it('are not captured where no image could come of it, and stay as they are', async () => {
    const [node] = nodes;
    assert.ok(node);
    const file = `${rack.directory}.bare`;
    await writeFile(file, Buffer.alloc(1024 ** 2));
    const refused = async (parts: Partial<ProvisioningContext>, sentence: RegExp) =>
      await assert.rejects(
        module.capture({ ...bench.context(node), ...parts }, { file: `${file}.never` }),
        (error) => {
          assert.ok(error instanceof ModuleError, String(error));
          assert.match(error.message, sentence);
          return error.kind === 'unsupported';
        },
      );
    await refused({ osAt: null }, /^There is no OS module for it/);
    const bare = { ...bench.subject.revision, format: 'raw', file } as const;
    await refused({ revision: bare }, /^tiny-v1 has no boot loader/);
    assert.equal(await run(node, 'cat /root/mine'), 'rack1');
  });

  it('are captured, and another machine with the image on its own disk is somebody new (req. 23, 24)', async () => {
    const [first, other] = nodes;
    assert.ok(first && other);
    nodes = [await captureToAnother(rack, bench, first), other];
    assert.deepEqual(await onEach('cat /root/mine'), ['rack1', 'rack2']);
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
