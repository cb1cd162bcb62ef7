import assert from 'node:assert/strict';
import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { os } from '../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../modules/provisioning/registry.ts';
import { readSeen } from '../../../../../modules/provisioning/shared/metal/image-server/seen-machines.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { pressChassis } from '../../../../../src/cli/rack/chassis.ts';
import { throwFault } from '../../../../../src/cli/rack/faults.ts';
import { type BmcProtocol, rackFiles } from '../../../../../src/cli/rack/rack-node.ts';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { closeShells } from '../../../../../src/lib/ssh-shell.ts';
import { logIn } from '../../../../helpers/guest-ssh.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../helpers/rack.ts';
import { waitForBanner } from '../../../../helpers/ssh-banner.ts';
import { tinyRevision, tinyUefiRevision } from '../../../../helpers/tiny-image.ts';
import { Bench } from '../../bench.ts';
import { captureToAnother } from './capture-to-another.ts';

describe('a machine that starts by UEFI', function () {
  this.timeout(1_500_000);
  let rack: TestRack;
  let bench: Bench;
  let node: NodeFacts;

  async function open(protocol: BmcProtocol): Promise<void> {
    rack = await makeTestRack(protocol, 'uefi');
    const { directory, settings } = rack;
    await mkdir(directory);
    await imageAgent();
    await symlink(imageAgents, metalFiles(directory).agents);
    const revision = await tinyUefiRevision();
    const patient = { ...settings, silentSeconds: 1200, bootSeconds: 1200 };
    bench = new Bench({
      ...{ module: provisioning[protocol], os: os.linux, directory, settings: patient },
      ...{ revision, node: rack.node },
    });
    node = bench.newNode();
  }
  const { module } = { module: () => bench.subject.module };
  const unsatisfiable = (sentence: RegExp) => (error: unknown) => {
    assert.ok(error instanceof ModuleError);
    assert.match(error.message, sentence);
    return error.kind === 'unsatisfiable';
  };
  const diskWritten = async () => (await stat(join(rack.machine.folder, rackFiles.disk))).mtimeMs;

  describe('by Redfish', () => {
    before(async () => await open('redfish'));
    after(async () => {
      closeShells();
      await rack.close();
    });

    it('is not loaded with what a BIOS alone can start, nor switched for it (req. 20)', async () => {
      const context = bench.context(node, { revision: await tinyRevision() });
      await assert.rejects(
        module().load(context),
        unsatisfiable(/^rack1 cannot be loaded: it starts by UEFI; tiny-v1 can be started by BIOS alone$/),
      );
      assert.equal(await module().power_status(context), 'off');
    });

    it('is loaded with an image for UEFI alone, by one start from the network, and grows to its disk', async () => {
      node = bench.known(node, await module().load(bench.context(node)));
      const shell = await logIn({
        ...{ port: rack.machine.sshPort, username: 'root' },
        privateKey: bench.secretsOf(node).managementKey,
      });
      const { output } = await shell.run('ls -d /sys/firmware/efi; df -m / | tail -n 1; findfs LABEL=CIDATA');
      shell.close();
      assert.match(output, /^\/sys\/firmware\/efi\n/);
      assert.match(output, /\/dev\/vda3/);
      assert.ok(Number(/\s(\d+)/.exec(output)?.[1]) > 1500, output);
      const seen = await readFile(metalFiles(rack.directory).serverLog, 'utf8').catch(() => '');
      assert.equal(seen, '');
    });

    it('starts its disk by itself after that', async () => {
      await module().power_reset(bench.context(node));
      assert.equal(await module().power_status(bench.context(node)), 'on');
      assert.equal((await module().node_status(bench.context(node))).reachable, true);
    });

    it('starts its disk from the network too, where there is nothing to do (req. 16)', async () => {
      await module().power_off(bench.context(node));
      const [before] = await readSeen(rack.directory);
      await pressChassis(rack.machine, 'set', 'boot', 'pxe', 'power', '1');
      await waitForBanner(rack.machine.sshPort, AbortSignal.timeout(1_200_000));
      const [after] = await readSeen(rack.directory);
      assert.equal(after?.told, 'its own disk');
      assert.ok(Number(after?.times) > Number(before?.times), 'it asked');
    });

    it('is captured, and what came of it starts another one', async () => {
      node = await captureToAnother(rack, bench, node);
    });

    it('is not loaded while Secure Boot is on: its BMC says so, and its disk stays as it is', async () => {
      await module().power_off(bench.context(node));
      const before = await diskWritten();
      await throwFault(rack.machine, 'secure-boot');
      const next = { ...node, load: 2 };
      await assert.rejects(
        module().load(bench.context(next)),
        unsatisfiable(/^rack1 cannot be loaded: Secure Boot is on, and nothing .* is signed: switch it off/),
      );
      assert.equal(await module().power_status(bench.context(next)), 'off');
      assert.equal(await diskWritten(), before);
    });
  });

  describe('by IPMI, which has no word for Secure Boot', () => {
    before(async () => await open('ipmi'));
    after(async () => await rack.close());

    it('is not loaded while Secure Boot is on: its firmware refuses the agent, and that is said', async () => {
      const before = await diskWritten();
      await throwFault(rack.machine, 'secure-boot');
      await assert.rejects(
        module().load(bench.context(node)),
        unsatisfiable(/^rack1: its firmware refused to start the imaging agent: Secure Boot is probably on/),
      );
      assert.equal(await module().power_status(bench.context(node)), 'off');
      assert.equal(await diskWritten(), before);
    });
  });
});
