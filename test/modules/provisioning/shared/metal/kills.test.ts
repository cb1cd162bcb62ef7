import assert from 'node:assert/strict';
import { redfish } from '../../../../../modules/provisioning/redfish/redfish.ts';
import type { CleanJob } from '../../../../../modules/provisioning/shared/metal/jobs/clean-job.ts';
import { readJob, writeJob } from '../../../../../modules/provisioning/shared/metal/jobs/job.ts';
import { appendReport } from '../../../../../modules/provisioning/shared/metal/jobs/job-log.ts';
import { artefactName } from '../../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import type { PretendMachine, PretendPhase } from '../../../../helpers/pretend-machine.ts';
import { LoadingProcess } from '../../loading-process.ts';
import { PretendRack } from './pretend-rack.ts';

/** What the module says when a machine has come to a phase. */
const steps: Readonly<Record<Exclude<PretendPhase, 'off'>, string>> = {
  script: 'fetching the imaging agent',
  system: 'waking the imaging agent',
  agent: 'looking at the hardware',
  writing: 'writing the disk',
  sealing: 'checking the disk',
  done: 'the disk is written',
};
const phases = Object.keys(steps) as (keyof typeof steps)[];

/** On pretended machines, all of which are in a phase at the same time. */
describe('a load of bare metal, killed in each phase', function () {
  this.timeout(300_000);
  let rack: PretendRack;
  before(async () => {
    rack = await PretendRack.open();
  });
  after(() => rack?.close());

  it('ends when its daemon is killed in each of them: one start, one write, no power cycle twice (req. 10)', async () => {
    const machine = await rack.machine();
    const context = rack.context(machine);
    let reached = machine.hold('script');
    for (const step of ['preparing the image', 'switching on']) await killAt(step);
    for (const [index, phase] of phases.entries()) {
      await killAt(steps[phase], reached);
      const next = phases[index + 1];
      reached = next ? machine.hold(next) : Promise.resolve();
      machine.release();
    }
    const last = new LoadingProcess('redfish', context);
    await last.loaded();
    await last.kill();
    assert.deepEqual([machine.starts, machine.writes], [['network'], 1]);
    assert.equal(await readJob(rack.directory, machine.mac), null);

    async function killAt(step: string, machineIsThere = Promise.resolve()): Promise<void> {
      const process = new LoadingProcess('redfish', context);
      await Promise.all([process.step(step), machineIsThere]);
      await process.kill();
    }
  });

  it('ends when the image server is killed; only a stream that it cut is loaded once more (req. 10)', async () => {
    const held = await inEachPhase();
    const cut = held.get('writing') as Held;
    await rack.killImageServer();
    for (const { machine } of held.values()) machine.release();
    for (const [phase, { machine, loading }] of held) {
      if (phase === 'writing') continue;
      assert.equal((await loading).changed, true, phase);
      assert.deepEqual([machine.starts, machine.writes], [['network'], 1], phase);
    }
    await fails(cut, /^metal\d+: the stream was cut/);
    assert.equal((await rack.load(cut.machine, { load: 2 })).changed, true);
  });

  it('ends without the BMC, which may be dead from the start of the machine on (req. 10)', async () => {
    const held = await inEachPhase();
    for (const { machine } of held.values()) await machine.killBmc();
    for (const { machine } of held.values()) machine.release();
    for (const [phase, { machine, loading }] of held) {
      assert.equal((await loading).changed, true, phase);
      await machine.startBmc();
      assert.deepEqual([machine.starts, machine.writes], [['network'], 1], phase);
    }
  });

  it('fails where its BMC is dead before: nothing was started, and the next try succeeds (req. 10)', async () => {
    const machine = await rack.machine();
    await machine.killBmc();
    await assert.rejects(rack.load(machine), ModuleError);
    assert.deepEqual([machine.starts, await readJob(rack.directory, machine.mac)], [[], null]);
    await machine.startBmc();
    assert.equal((await rack.load(machine, { load: 2 })).changed, true);
  });

  it('fails where the machine is started anew under its agent, says in which phase, and leaves it off; once more it succeeds (req. 10, 12, 13)', async () => {
    const held = await inEachPhase(['system', 'writing', 'done'], { silentSeconds: 20 });
    for (const { machine } of held.values()) await machine.reset();
    for (const [phase, one] of held) {
      const silence = silences.get(phase);
      if (!silence) {
        assert.equal((await one.loading).changed, true, phase);
        continue;
      }
      await fails(one, silence);
      assert.equal(one.machine.starts.at(-1), 'usual', phase);
      assert.equal((await rack.load(one.machine, { load: 2 })).changed, true);
    }
  });

  it('is not cleaned again where its agent was through with it while no daemon was there (req. 10)', async () => {
    const machine = await rack.machine();
    const context = rack.context(machine);
    const job = await writeJob<CleanJob>(
      rack.directory,
      {
        ...{ action: 'clean', clean: 'metadata', mac: machine.mac, node: machine.name },
        artefact: artefactName(context.installation, context.node),
        expiresAt: Date.now() + 3_600_000,
      },
      () => Promise.resolve(),
    );
    const disk = { name: 'vda', model: '', serial: '', bytes: 4096, method: 'overwritten', seconds: 7_200 };
    const cleaned = [{ ...disk, result: 'clean', says: '' } as const];
    await appendReport(rack.directory, job, { phase: 'cleaning', cleaned });
    await appendReport(rack.directory, job, { phase: 'done' });
    assert.deepEqual(await redfish.clean?.(context as never), cleaned);
    assert.deepEqual([machine.starts, await readJob(rack.directory, machine.mac)], [[], null]);
  });

  interface Held {
    readonly machine: PretendMachine;
    readonly loading: ReturnType<PretendRack['load']>;
  }

  /** Machines that are being loaded, one held in each of these phases. */
  async function inEachPhase(wanted = phases, settings = {}): Promise<ReadonlyMap<keyof typeof steps, Held>> {
    const held = new Map<keyof typeof steps, Held>();
    const reached: Promise<void>[] = [];
    for (const phase of wanted) {
      const machine = await rack.machine();
      reached.push(machine.hold(phase));
      const loading = rack.load(machine, { settings });
      loading.catch(() => undefined); // asked for later
      held.set(phase, { machine, loading });
    }
    await Promise.all(reached);
    return held;
  }

  /** The machine is off and has no job: whatever starts it does not write its disk. */
  async function fails({ machine, loading }: Held, sentence: RegExp): Promise<void> {
    await assert.rejects(loading, (error) => {
      assert.ok(error instanceof ModuleError, String(error));
      assert.match(error.message, sentence);
      return error.kind === 'node_broken';
    });
    assert.equal(await machine.power(), 'off');
    assert.equal(await readJob(rack.directory, machine.mac), null);
  }
});

const silences = new Map<keyof typeof steps, RegExp>([
  ['system', /^metal\d+ took the imaging agent, which never called: .*\(nothing new for 20 s\)$/],
  ['writing', /^metal\d+ stopped while its disk was being written; the disk does not start/],
]);
