import assert from 'node:assert/strict';
import { mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { os } from '../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../modules/provisioning/registry.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { pressChassis } from '../../../../../src/cli/rack/chassis.ts';
import type { NodeFacts, RevisionFacts } from '../../../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { fileDigest } from '../../../../../src/lib/file-digest.ts';
import { connectSsh, SshError } from '../../../../../src/lib/ssh.ts';
import { newKeyPair } from '../../../../../src/lib/ssh-keys.ts';
import { closeShells, connectShell } from '../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../helpers/rack.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';
import { Bench } from '../../bench.ts';

/** One machine of a rack made of software, captured again and again: each test goes on with what the one before left. */
describe('capturing a machine of bare metal', function () {
  this.timeout(1_800_000);
  const maker = newKeyPair('maker');
  let rack: TestRack;
  let bench: Bench;
  let node: NodeFacts;
  let images: string;
  let captured: RevisionFacts;

  before(async () => {
    rack = await makeTestRack();
    const { directory, settings, node: machine } = rack;
    await mkdir(directory);
    await imageAgent();
    await symlink(imageAgents, metalFiles(directory).agents);
    const revision = await tinyRevision();
    const module = provisioning.ipmi;
    bench = new Bench({ module, os: os.linux, directory, settings, node: machine, revision });
    images = `${directory}.images`;
    await mkdir(images);
    node = await bench.load(bench.newNode());
  });
  after(async () => {
    closeShells();
    await rack.close();
  });

  const { ipmi, qemu } = provisioning;
  const context = (parts = {}) => bench.context(node, parts) as never;
  const goOn = async () => {
    node = bench.known(node, await ipmi.power_on(context()));
    assert.equal((await ipmi.node_status(context())).status, 'READY');
  };
  const fails = async (sentence: RegExp, parts = {}) => {
    const file = join(images, 'never');
    await assert.rejects(ipmi.capture(context(parts), { file }), (error) => {
      assert.ok(error instanceof ModuleError, String(error));
      assert.match(error.message, sentence);
      return error.kind === 'failed';
    });
    assert.deepEqual(await readdir(images), captured ? ['saved'] : []);
    await goOn();
  };

  async function onMachine(script: string, on = node, by = bench): Promise<string> {
    const { management } = on;
    assert.ok(management);
    const privateKey = by.secretsOf(on).managementKey;
    const { stdout } = await connectShell({ ...management, privateKey, hostKeys: on.hostKeys }).run(script);
    return stdout.trim();
  }

  it('reads its disk, cleans a copy and tries it, and goes on as its person left it (req. 23)', async () => {
    await onMachine(
      `echo hello >/etc/program; echo '${maker.public}' >>/root/.ssh/authorized_keys; echo secret >/root/.ash_history; sync`,
    );
    const steps = [
      ...['shutting down', 'switching on', 'looking for what is used', 'saving the disk', 'the disk is read'],
      ...['cleaning the copy', 'trying the image'],
    ];
    const seen: string[] = [];
    const progress = (step: string) => steps.includes(step) && step !== seen.at(-1) && seen.push(step);
    const file = join(images, 'saved');
    const saved = await ipmi.capture(context({ progress }), { file });
    assert.deepEqual(seen, steps);
    assert.deepEqual([saved.sizeBytes, saved.sha256], [(await stat(file)).size, await fileDigest(file)]);
    assert.equal(await ipmi.power_status(context()), 'off');
    assert.deepEqual(await ipmi.capture(context(), { file }), { ...saved, changed: false });
    captured = { ...bench.subject.revision, id: 77, imageName: 'captured', ...saved };
    await goOn();
    assert.equal(await onMachine('cat /root/.ash_history; wc -l </root/.ssh/authorized_keys'), 'secret\n2');
  });

  it('gives clones that are nobody yet, and lets its maker into none (req. 24)', async () => {
    const directory = `${rack.directory}.clones`;
    await mkdir(directory);
    const clones = new Bench({ module: qemu, os: os.linux, directory, settings: {}, revision: captured });
    const made: NodeFacts[] = [];
    try {
      for (let number = 1; number <= 2; number++)
        made.push(await clones.load(clones.newNode({ diskMb: 2048, memoryMb: 512 })));
      const said = await Promise.all(
        made.map((clone) =>
          onMachine(
            'cat /etc/program /etc/machine-id; sha256sum /etc/dropbear/*; ls -A /root',
            clone,
            clones,
          ),
        ),
      );
      assert.notEqual(said[0]?.split('\n')[1], said[1]?.split('\n')[1], 'their machine-ids differ');
      assert.notEqual(said[0]?.split('\n')[2], said[1]?.split('\n')[2], 'their host keys differ');
      for (const text of said) assert.match(text, /^hello\n[0-9a-f]{32}\n(.*\n)+\.ssh\ncurrentimage\.txt$/);
      for (const { management, hostKeys } of made) {
        assert.ok(management);
        const theirs = { ...management, username: 'root', hostKeys, privateKey: maker.private };
        await assert.rejects(connectSsh(theirs), (error) => error instanceof SshError);
      }
    } finally {
      for (const clone of made) await qemu.unload?.(clones.context(clone) as never);
    }
  });

  it('says that its file systems were not left clean, and captures nothing (req. 23)', async () => {
    // It switches itself off as it was asked to, and leaves its journal as it is.
    const off = '#!/bin/sh\necho left >/var/left; sync; echo o >/proc/sysrq-trigger; sleep 60';
    await onMachine(
      `echo 1 >/proc/sys/kernel/sysrq; mv /sbin/poweroff /sbin/poweroff.kept; printf '${off}' >/sbin/poweroff; chmod 755 /sbin/poweroff; sync`,
    );
    await fails(/vda2 was not left clean/);
    await onMachine('mv /sbin/poweroff.kept /sbin/poweroff; sync');
  });

  it('says that it lost its power while its disk was read, and captures nothing (req. 23)', async () => {
    const progress = (step: string) =>
      step === 'saving the disk' && void pressChassis(rack.machine, 'set', 'power', '0');
    await fails(/^rack1 went off in the middle of it: look at its supply$/, { progress });
  });
});
