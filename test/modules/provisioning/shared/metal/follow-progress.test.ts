import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followProgress } from '../../../../../modules/provisioning/shared/metal/follow-progress.ts';
import { appendReport } from '../../../../../modules/provisioning/shared/metal/jobs/job-log.ts';
import type { Job } from '../../../../../modules/provisioning/shared/metal/jobs/kinds.ts';
import { writeLoadJob } from '../../../../../modules/provisioning/shared/metal/jobs/write-load-job.ts';
import { patienceIn, patienceOver } from '../../../../../modules/provisioning/shared/metal/patience.ts';
import { smallStream } from '../../../../helpers/small-stream.ts';

const none = { stillMs: 0, totalMs: 0 };
const plenty = { stillMs: 60_000, totalMs: 60_000 };

describe('following a job', function () {
  this.timeout(60_000);
  let directory: string;
  let job: Job;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'labrador-metal-'));
    await mkdir(directory, { recursive: true });
    const stream = await smallStream(directory);
    const wanted = { artefact: 'test-n1-l1', node: 'metal1', mac: '52:54:00:aa:00:01', expiresAt: 1 };
    job = await writeLoadJob(directory, { ...wanted, stream, seed: { 'meta-data': '{}\n' } });
  });

  afterEach(async () => await rm(directory, { recursive: true, force: true }));

  const follow = (patience: typeof none, progress = (_step: string, _fraction?: number) => {}) =>
    followProgress(job, { directory, signal: new AbortController().signal, progress, patience });

  it('gives up on an agent frozen at 40 %, and lets a slow one go on until the total is over (12)', () => {
    const patience = { stillMs: 60_000, totalMs: 600_000 };
    const frozen = { began: 0, moved: 100_000 };
    assert.equal(patienceOver(frozen, 159_999, patience), null);
    assert.equal(patienceOver(frozen, 160_000, patience), 'still');
    for (let now = 0; now < 600_000; now += 30_000) {
      assert.equal(patienceOver({ began: 0, moved: now }, now, patience), null);
    }
    assert.equal(patienceOver({ began: 0, moved: 600_000 }, 600_000, patience), 'total');
  });

  it('gives up within three minutes on one that took its boot script and never came for the agent (req. 19)', () => {
    const patience = { stillMs: 600_000, totalMs: 3_600_000 };
    const silent = { began: 0, moved: 0 };
    assert.equal(patienceOver(silent, 170_000, patienceIn('script', patience)), 'still');
    assert.equal(patienceOver(silent, 170_000, patienceIn('system', patience)), null);
    assert.equal(patienceIn('script', { ...patience, stillMs: 10_000 }).stillMs, 10_000);
  });

  const silences: readonly (readonly [string | null, RegExp])[] = [
    [null, /^metal1 did not start from the network: .* DHCP answers .* \(nothing new for 0 s\)$/],
    ['script', /^metal1 took its boot script, but not the agent/],
    [
      'system',
      /^metal1 took the imaging agent, which never called: .*no driver of the network card, choose "generic"/,
    ],
    ['writing', /^metal1 stopped while its disk was being written; the disk does not start/],
  ];
  for (const [phase, sentence] of silences) {
    it(`says what is probably amiss with a machine that goes silent after ${phase ?? 'nothing'}`, async () => {
      if (phase) await appendReport(directory, job, { phase, fraction: 0.4 });
      await assert.rejects(follow(none), { kind: 'node_broken', message: sentence });
    });
  }

  it('says every phase in its order, how far it is, and when each began', async () => {
    for (const fraction of [0, 0.5]) await appendReport(directory, job, { phase: 'writing', fraction });
    await appendReport(directory, job, { phase: 'sealing' });
    await appendReport(directory, job, { phase: 'writing', fraction: 0.9 });
    const said: unknown[] = [];
    const following = follow(plenty, (step, fraction) => {
      said.push([step, fraction]);
      if (said.length === 1) void appendReport(directory, job, { phase: 'done' });
    });
    const { phases } = await following;
    assert.deepEqual(said, [
      ['writing the disk', 0],
      ['writing the disk', 0.5],
      ['checking the disk', undefined],
      ['the disk is written', undefined],
    ]);
    assert.deepEqual(
      phases.map(({ phase }) => phase),
      ['writing', 'sealing', 'done'],
    );
  });

  it('knows the end though something older arrives after it, and nothing of an earlier try', async () => {
    await appendReport(
      directory,
      { ...job, id: 'an earlier try' },
      { phase: 'failed', code: 'cut', says: 'cut' },
    );
    await appendReport(directory, job, { phase: 'done' });
    await appendReport(directory, job, { phase: 'writing', fraction: 0.9 });
    await follow(plenty);
  });
});
