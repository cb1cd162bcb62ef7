import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import {
  type CaptureJob,
  readSent,
} from '../../../../../modules/provisioning/shared/metal/jobs/capture-job.ts';
import { removeJob, writeJob } from '../../../../../modules/provisioning/shared/metal/jobs/job.ts';
import { saidInventory, testAgent } from '../../../../helpers/metal-agent.ts';
import { type MetalPool, makeMetalPool } from '../../../../helpers/metal-pool.ts';

const mac = '52:54:00:aa:00:01';

describe('the doors of an agent that reads a disk', function () {
  this.timeout(120_000);
  let pool: MetalPool;
  let job: CaptureJob;
  let token: string;

  before(async () => {
    pool = await makeMetalPool();
    await mkdir(join(pool.sockets, mac.replaceAll(':', '-')));
    await pool.serve();
  });
  beforeEach(async () => {
    const expiresAt = Date.now() + 3_600_000;
    const wanted = { artefact: 'test-n1-l0', node: 'metal1', mac, action: 'capture' as const, expiresAt };
    job = await writeJob<CaptureJob>(pool.directory, wanted);
    token = await agent().token();
    assert.equal((await agent().post('/agent/job', saidInventory(), token)).status, 200);
  });
  afterEach(async () => await removeJob(pool.directory, mac));
  after(async () => await pool.close());

  const agent = () => testAgent(pool.sockets, { mac });
  const send = (at: number, text: string) => agent().post(`/agent/piece?at=${at}&read=1`, text, token);
  const sent = () => readSent(pool.directory, job);

  for (const sectors of [20_000_000_000, 999_999_999_999_999]) {
    it(`says at once that there is no room for ${sectors} sectors, and fails`, async () => {
      const { status, text } = await agent().post('/agent/used', `0 2048\n2048 ${sectors}\n`, token);
      assert.equal(status, 409);
      assert.match(
        text,
        /^there is no room for its disk on the server: up to \d+ MB are needed, and \d+ MB are free/,
      );
    });
  }

  it('takes what was cut in the middle once more, nothing behind a gap, and is whole when the agent says so', async () => {
    assert.match((await agent().post('/agent/used', '0 2048\n', token)).text, /^0 \d+\n$/);
    assert.equal((await send(0, 'hello ')).status, 200);
    await cut(6, 'w'.repeat(13));
    assert.equal((await send(6, 'world')).status, 200);
    assert.deepEqual([(await send(99, 'behind')).status, await sent()], [409, null]);

    assert.equal((await agent().post('/agent/sent?bytes=11&sha256=abc', '', token)).status, 200);
    const { body = '', ...told } = (await sent()) ?? {};
    assert.deepEqual(
      [await readFile(body, 'utf8'), told],
      ['hello world', { extents: [[0, 16]], bytes: 11, sha256: 'abc' }],
    );
  });

  /** Begins to send, and is gone. */
  async function cut(at: number, text: string): Promise<void> {
    const asked = request({
      ...{ socketPath: join(pool.sockets, mac.replaceAll(':', '-'), 'image.sock'), method: 'POST' },
      path: `/agent/piece?at=${at}&mac=${mac}`,
      headers: { host: '10.0.2.100', authorization: `Bearer ${token}`, 'content-length': 1000 },
    });
    await new Promise((resolve) => asked.write(text, resolve));
    asked.destroy();
    await assert.rejects(once(asked, 'close'), /hang up/);
  }
});
