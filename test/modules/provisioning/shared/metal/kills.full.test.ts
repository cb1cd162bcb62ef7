import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { os } from '../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../modules/provisioning/registry.ts';
import { stopImageServer } from '../../../../../modules/provisioning/shared/metal/ensure-image-server.ts';
import { readSeen } from '../../../../../modules/provisioning/shared/metal/image-server/seen-machines.ts';
import { forgetToken } from '../../../../../modules/provisioning/shared/metal/image-server/tokens.ts';
import { readJob } from '../../../../../modules/provisioning/shared/metal/jobs/job.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { startBmc, stopBmc } from '../../../../../src/cli/rack/bmc.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { closeShells } from '../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../helpers/rack.ts';
import { tinyRevision } from '../../../../helpers/tiny-image.ts';
import { ToldMachine } from '../../../../helpers/told-machine.ts';
import { Bench } from '../../bench.ts';
import { LoadingProcess } from '../../loading-process.ts';

/** One emulated machine, loaded again and again. What it is told is counted by its chassis, what its agents do by its console. */
describe('a load of an emulated machine, killed in each phase', function () {
  this.timeout(3_600_000);
  let rack: TestRack;
  let bench: Bench;
  let machine: ToldMachine;
  const once = { starts: 1, agents: 1, writes: 1 } as const;

  before(async () => {
    rack = await makeTestRack();
    machine = await ToldMachine.listen(rack.machine);
    const { directory, node } = rack;
    await mkdir(directory);
    await imageAgent();
    await symlink(imageAgents, metalFiles(directory).agents);
    // Nets for what hangs, on a machine twenty times as slow.
    const settings = { ...rack.settings, silentSeconds: 1200, bootSeconds: 1200 };
    const revision = await tinyRevision();
    bench = new Bench({ module: provisioning.ipmi, os: os.linux, directory, settings, node, revision });
  });
  after(async () => {
    closeShells();
    await startBmc(rack.machine);
    await rack.close();
  });

  const { ipmi } = provisioning;
  const context = (load: number, parts = {}) =>
    bench.context({ ...bench.newNode(), id: 1, load }, parts) as never;
  const power = (load: number) => ipmi.power_status(context(load));

  /** Does each once, when the load comes to that step, and one after the other. */
  function at(steps: Readonly<Record<string, () => Promise<unknown>>>) {
    const left = new Map(Object.entries(steps));
    let last: Promise<unknown> = Promise.resolve();
    const progress = (step: string) => {
      const act = left.get(step);
      left.delete(step);
      if (act) last = last.then(act);
    };
    return { progress, done: async () => assert.equal(await last.then(() => left.size), 0) };
  }

  /** It is off, has no job, and starts nothing that is half written. */
  async function fails(load: number, loading: Promise<unknown>, sentence: RegExp): Promise<void> {
    await assert.rejects(loading, (error) => {
      assert.ok(error instanceof ModuleError, String(error));
      assert.match(error.message, sentence);
      return error.kind === 'node_broken';
    });
    assert.equal(await power(load), 'off');
    assert.equal(await readJob(rack.directory, rack.machine.mac), null);
    assert.ok((await machine.head()).every((byte) => byte === 0));
  }

  it('ends when its daemon is killed in each of them: one start, one agent, one write (req. 10)', async () => {
    const counted = await machine.during(async () => {
      for (const step of [
        ...['preparing the image', 'fetching the imaging agent', 'looking at the hardware'],
        ...['writing the disk', 'checking the disk', 'starting from its disk'],
      ]) {
        const daemon = new LoadingProcess('ipmi', context(1));
        await daemon.step(step);
        await daemon.kill();
      }
      const last = new LoadingProcess('ipmi', context(1));
      assert.equal((await last.loaded()).changed, true);
      await last.kill();
    });
    assert.deepEqual(counted, { ...once, on: 1, off: 0, network: 1, whole: 1 });
    assert.equal(await power(1), 'on');
  });

  it('fails when its agent is killed and its machine started again: nothing of it is written twice (req. 10, 17)', async () => {
    const counted = await machine.during(async () => {
      const daemon = new LoadingProcess('ipmi', context(2));
      await daemon.step('writing the disk');
      await machine.kill();
      await machine.bmc.on(AbortSignal.timeout(60_000));
      await daemon.kill();
      const impatient = bench.subject.module.settings.parse({ ...bench.subject.settings, silentSeconds: 30 });
      const sentence = /^rack1 stopped while its disk was being written; the disk does not start/;
      await fails(2, ipmi.load(context(2, { settings: impatient })), sentence);
    });
    // Off from the load before, on, on by us, and off: it failed.
    assert.deepEqual(counted, { ...once, starts: 2, on: 2, off: 2, network: 1, whole: 0 });
  });

  it('goes on when the image server is killed under its boot, and fails where its stream is cut by that (req. 10, 19, 21)', async () => {
    const kill = () => stopImageServer(rack.directory);
    const { progress, done } = at({ 'fetching the imaging agent': kill, 'writing the disk': kill });
    const { off, ...counted } = await machine.during(async () => {
      await fails(
        3,
        ipmi.load(context(3, { progress })),
        /^rack1: the stream was cut: \d+ of \d+ bytes came/,
      );
      await done();
    });
    assert.deepEqual(counted, { ...once, on: 1, network: 1, whole: 0 });
    assert.ok(off <= 1, 'its agent may have switched it off by itself');
  });

  it('succeeds at the next try, though its BMC is killed while it boots, comes back, and is killed while it is written (req. 10)', async () => {
    const [kill, revive] = [() => stopBmc(rack.machine), () => startBmc(rack.machine)];
    const { progress, done } = at({
      'fetching the imaging agent': kill,
      'looking at the hardware': revive,
      'writing the disk': kill,
    });
    const counted = await machine.during(async () => {
      assert.equal((await ipmi.load(context(4, { progress }))).changed, true);
      await done();
      await revive();
      await ipmi.greet_bmc?.(context(4));
      assert.equal(await power(4), 'on', 'a BMC that comes back switches nothing');
    });
    assert.deepEqual(counted, { ...once, on: 1, off: 0, network: 1, whole: 1 });
    const [seen] = await readSeen(rack.directory);
    assert.equal(seen?.mac, rack.machine.mac);
  });

  it('says why its agent switched it off where that could tell nobody', async () => {
    const { progress, done } = at({
      'waking the imaging agent': async () => {
        const job = await readJob(rack.directory, rack.machine.mac);
        assert.ok(job);
        await forgetToken(rack.directory, job);
      },
    });
    const sentence = /^ModuleError: rack1 switched itself off: the image server refused the job: .* 403 /;
    await assert.rejects(ipmi.load(context(5, { progress })), sentence);
    await done();
  });
});
