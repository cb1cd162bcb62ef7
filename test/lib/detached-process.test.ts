import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasEnded, isRunning, killProcess, startDetached } from '../../src/lib/detached-process.ts';

describe('detached processes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-detached-'));
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  async function start(command: string, ...args: string[]) {
    const log = await open(join(folder, 'log'), 'a');
    try {
      return await startDetached(command, args, { cwd: folder, log: log.fd });
    } finally {
      await log.close();
    }
  }

  it('run in a session and a folder of their own, without our environment', async () => {
    process.env.LABRADOR_TEST_SECRET = 'secret';
    const id = await start(
      'sh',
      '-c',
      'pwd; env; echo "session $(cut -d" " -f6 /proc/$$/stat)"; exec sleep 30',
    );
    const text = async () => await readFile(join(folder, 'log'), 'utf8');
    while (!/session \d+\n/.test(await text())) await new Promise(setImmediate);
    const said = await text();
    assert.ok(said.startsWith(`${folder}\n`));
    assert.doesNotMatch(said, /secret/);
    assert.ok(said.endsWith(`session ${id.pid}\n`));
    await killProcess(id);
    delete process.env.LABRADOR_TEST_SECRET;
  });

  it('are known by pid and start time, and killed only as both', async () => {
    const id = await start('sleep', '30');
    assert.equal(await isRunning(id), true);
    const another = { ...id, started: 'another time' };
    assert.equal(await isRunning(another), false);
    await killProcess(another);
    assert.equal(await isRunning(id), true);
    assert.equal(await hasEnded(id, 0), false);
    await killProcess(id);
    assert.equal(await isRunning(id), false);
    assert.equal(await hasEnded(id, 0), true);
    await killProcess(id);
  });

  it('cannot be started when there is no such program', async () => {
    await assert.rejects(start('no-such-program-anywhere'), { code: 'ENOENT' });
  });
});
