import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stopImageServer } from '../../../../../modules/provisioning/shared/metal/ensure-image-server.ts';
import { followProgress } from '../../../../../modules/provisioning/shared/metal/follow-progress.ts';
import { removeJob } from '../../../../../modules/provisioning/shared/metal/jobs/job.ts';
import type { Job } from '../../../../../modules/provisioning/shared/metal/jobs/kinds.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';
import type { StreamManifest } from '../../../../../modules/provisioning/shared/metal/stream.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { freePort } from '../../../../helpers/free-port.ts';
import { type SaidMachine, saidInventory, testAgent } from '../../../../helpers/metal-agent.ts';
import { type MetalPool, makeMetalPool } from '../../../../helpers/metal-pool.ts';
import { smallStream } from '../../../../helpers/small-stream.ts';

const mac = '52:54:00:aa:00:01';
const other = '52:54:00:aa:00:02';
const ownDisk =
  /^#!ipxe\niseq \$\{platform\} efi && exit 1 \|\| sanboot --no-describe --drive 0x80 \|\| exit 1\n$/;

describe('the image server', function () {
  this.timeout(120_000);
  let pool: MetalPool;
  let stream: StreamManifest;

  before(async () => {
    pool = await makeMetalPool();
    for (const each of [mac, other]) await mkdir(join(pool.sockets, each.replaceAll(':', '-')));
    await pool.serve();
    stream = await smallStream(pool.directory);
  });

  afterEach(async () => {
    for (const each of [mac, other]) await removeJob(pool.directory, each);
  });

  after(async () => await pool.close());

  const agent = (parts: { by?: string; port?: number } = {}) => testAgent(pool.sockets, { mac, ...parts });

  it('sends a machine without a job to its own disk, known or not, and notes it (16)', async () => {
    assert.match((await agent().get()).text, ownDisk);
    assert.match((await agent().get()).text, ownDisk);
    const seen = await readFile(join(metalFiles(pool.directory).seen, '52-54-00-aa-00-01.json'), 'utf8');
    const { times, told } = JSON.parse(seen);
    assert.deepEqual({ times, told }, { times: 2, told: 'its own disk' });
    assert.equal((await testAgent(pool.sockets, { mac: 'nonsense', by: mac }).get()).status, 400);
  });

  it('starts the agent for a job, ten times with growing pauses, then switches off (19)', async () => {
    await pool.job(mac, stream);
    const { text } = await agent().get();
    assert.match(
      text,
      /^imgargs kernel initrd=agent .* labrador\.mac=\S+ labrador\.token=[\w-]{43} \|\| goto failed$/m,
    );
    assert.match(text, /^iseq \$\{tried\} 10 && goto over \|\|$/m);
    assert.match(text, /^sleep \$\{tried\}$/m);
    assert.match(text, /^poweroff \|\| exit 1$/m);
  });

  it('is told by a UEFI that it does not start the agent, by nobody else, and fails the job for it', async () => {
    const job = await pool.job(mac, stream);
    const refusal =
      /^imgfetch \S+(\/refused\.ipxe\S+) \|\| goto failed$/m.exec((await agent().get()).text)?.[1] ?? '';
    assert.equal((await agent().get(refusal.replace(/token=.*/, 'token=another'))).status, 403);
    assert.equal((await agent().get(refusal)).status, 200);
    await assert.rejects(
      follow(job),
      /^ModuleError: metal1: its firmware refused to start the imaging agent: Secure Boot/,
    );
  });

  it('does nothing for a job whose time is over (17)', async () => {
    await pool.job(mac, stream, { expiresAt: Date.now() - 1 });
    assert.match((await agent().get()).text, ownDisk);
  });

  it('takes a token once: a second agent, and the same after done, are refused (17, 18)', async () => {
    const job = await pool.job(mac, stream);
    const replaced = await agent().token();
    const token = await agent().token();
    assert.equal((await agent().post('/agent/job', saidInventory(), replaced)).status, 403);
    assert.equal((await agent().get('/agent/stream', token)).status, 403, 'not before it was taken');
    assert.equal((await agent().post('/agent/job', saidInventory(), token)).status, 200);
    assert.equal((await agent().post('/agent/job', saidInventory(), token)).status, 403);
    assert.match(
      (await agent().get()).text,
      ownDisk,
      'a machine that starts again in the middle is not written again',
    );

    assert.deepEqual((await agent().get('/agent/stream', token)).body, await readFile(stream.body));
    assert.equal((await agent().post('/agent/done', 'done', token)).status, 200);
    for (const path of ['stream', 'head', 'end']) {
      assert.equal((await agent().get(`/agent/${path}?sha256=${stream.sha256}`, token)).status, 403);
    }
    const done = await follow(job);
    assert.equal(done.inventory?.disks.length, 2);
    assert.match((await agent().get()).text, ownDisk);
  });

  it('answers once more whom it answered, since an answer may be lost, and nobody else (18)', async () => {
    const job = await pool.job(mac, stream);
    const token = await agent().token();
    const take = (by: string) => agent().post(`/agent/job${by}`, saidInventory(), token);
    const orders = await take('?agent=one');
    assert.equal(orders.status, 200);
    assert.deepEqual(await take('?agent=one'), orders);
    for (const by of ['', '?agent=', '?agent=two']) assert.equal((await take(by)).status, 403, by);
    for (let time = 0; time < 2; time++)
      assert.equal((await agent().post('/agent/done', 'done', token)).status, 200);
    assert.equal((await take('?agent=one')).status, 403, 'what is done is not begun again');
    assert.equal((await follow(job)).phases.filter(({ phase }) => phase === 'done').length, 1);
  });

  it('hands nothing to a machine that is to be cleaned before it says of each disk that it is (req. 25)', async () => {
    for (const [said, status, says] of [
      ['sda|left|||a stick\nvda|clean|overwritten|3|\n', 200, /^ok/],
      ['sda|left|||a stick\n', 409, /vda: the agent did not say what came of it/],
      ['sda|left|||a stick\nvda|perhaps|||\n', 409, /vda: it failed/],
      ['sda|left|||a stick\nvda|failed|overwritten|3|it takes no writes\n', 409, /vda: it takes no writes/],
    ] as const) {
      const job = await pool.job(mac, stream, { clean: 'secure' });
      const token = await agent().token();
      assert.match((await agent().post('/agent/job', saidInventory(), token)).text, /^CLEAN='secure'$/m);
      assert.equal((await agent().get('/agent/stream', token)).status, 409);
      const answer = await agent().post('/agent/cleaned', said, token);
      assert.equal(answer.status, status);
      assert.match(answer.text, says);
      assert.equal((await agent().get('/agent/stream', token)).status, status);
      assert.equal((await agent().post('/agent/done', 'done', token)).status, status);
      if (status === 200) assert.equal((await follow(job)).cleaned?.length, 2);
      else await assert.rejects(follow(job), /cleaning failed, so that nobody is given it/);
    }
  });

  it("refuses yesterday's token for today's job (17)", async () => {
    const artefact = 'test-n1-l77';
    await pool.job(mac, stream, { artefact });
    const yesterdays = await agent().token();
    await pool.job(mac, stream, { artefact });
    assert.equal((await agent().post('/agent/job', saidInventory(), yesterdays)).status, 403);
    await removeJob(pool.directory, mac);
    assert.equal((await agent().post('/agent/job', saidInventory(), yesterdays)).status, 403);
    assert.match((await agent().get()).text, ownDisk);
  });

  it("refuses another machine: by its socket, and by its address with that machine's token (18)", async () => {
    await pool.job(mac, stream);
    const token = await agent().token();
    assert.equal((await agent({ by: other }).get()).status, 403);
    assert.equal((await agent({ by: other }).post('/agent/job', saidInventory(), token)).status, 403);
    await pool.job(other, stream);
    const stolen = testAgent(pool.sockets, { mac: other });
    assert.equal((await stolen.post('/agent/job', saidInventory(), token)).status, 403);
  });

  it('hands out the first sectors for the right digest alone (21)', async () => {
    await pool.job(mac, stream);
    const token = await agent().token();
    await agent().post('/agent/job', saidInventory(), token);
    const wrong = await agent().get(`/agent/head?sha256=${'0'.repeat(64)}`, token);
    assert.deepEqual(
      [wrong.status, wrong.text],
      [409, 'the stream that arrived is not the one that was sent\n'],
    );
    const right = await agent().get(`/agent/head?sha256=${stream.sha256}`, token);
    assert.equal(right.body.length, 65_536);
    assert.equal(right.body.readUInt16LE(510), 0xaa55);
  });

  const unfit: readonly (readonly [string, SaidMachine, RegExp])[] = [
    [
      'a disk that is too small',
      { sectors: 16_384 },
      /^metal1: its disk vda has 8 MB; small-v1 needs 9 MB with its seed$/,
    ],
    ['a disk of other sectors', { sectorBytes: 4096 }, /sectors of 4096 bytes; small-v1 is made for 512$/],
    [
      'a machine that knows UEFI alone',
      { firmware: 'uefi' },
      /^metal1: it starts by UEFI; small-v1 can be started by BIOS alone$/,
    ],
    [
      'Secure Boot',
      { firmware: 'uefi', secureBoot: 'on' },
      /^metal1: Secure Boot is on, and nothing that is loaded here is signed/,
    ],
  ];
  for (const [what, machine, sentence] of unfit) {
    it(`refuses ${what} before anything is written (20)`, async () => {
      const job = await pool.job(mac, stream);
      const token = await agent().token();
      assert.equal((await agent().post('/agent/job', saidInventory(machine), token)).status, 409);
      await assert.rejects(follow(job), (error) => {
        assert.ok(error instanceof ModuleError);
        assert.match(error.message, sentence);
        return error.kind === 'unsatisfiable';
      });
    });
  }

  it("keeps no job's secrets once it is gone", async () => {
    const job = await pool.job(mac, stream);
    await agent().post('/agent/job', saidInventory(), await agent().token());
    await removeJob(pool.directory, mac);
    const left = (await readdir(metalFiles(pool.directory).jobs)).filter((name) =>
      name.startsWith(job.artefact),
    );
    assert.deepEqual(left, [`${job.artefact}.log.jsonl`]);
  });

  it('goes on where it was after kill -9, with the tokens it gave', async () => {
    await pool.job(mac, stream);
    const token = await agent().token();
    await stopImageServer(pool.directory);
    await assert.rejects(agent().get(), { code: 'ECONNREFUSED' });
    await Promise.all([pool.serve(), pool.serve()]);
    assert.equal((await agent().post('/agent/job', saidInventory(), token)).status, 200);
  });

  it('listens on an address as well, and says when it cannot', async () => {
    const port = await freePort();
    await pool.serve({ address: { host: '127.0.0.1', port } });
    assert.match((await agent({ port }).get()).text, ownDisk);
    await pool.serve();
    await assert.rejects(agent({ port }).get(), { code: 'ECONNREFUSED' });
  });

  async function follow(job: Job) {
    return await followProgress(job, {
      directory: pool.directory,
      signal: new AbortController().signal,
      progress: () => undefined,
      patience: { stillMs: 60_000, totalMs: 60_000 },
    });
  }
});
