import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpError, withQmp } from '../../src/lib/qmp.ts';

describe('withQmp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-qmp-'));
  // Deeper than a socket's path may be.
  const deep = join(folder, 'd'.repeat(120));
  const path = join(deep, 'qmp.sock');
  let qemu: ChildProcess;

  before(async () => {
    mkdirSync(deep);
    const machine = ['-machine', 'none', '-nodefaults', '-display', 'none', '-S'];
    const socket = ['-qmp', 'unix:qmp.sock,server=on,wait=off'];
    qemu = spawn('qemu-system-x86_64', [...machine, ...socket], { cwd: deep, stdio: 'ignore' });
    await once(qemu, 'spawn');
    while (!(await isThere())) await new Promise(setImmediate);
  });
  after(() => {
    qemu.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const isThere = () =>
    withQmp(path, async () => true).catch((error) => {
      assert.ok(error instanceof QmpError);
      return false;
    });

  it('runs commands and monitor lines, however long the path is', async () => {
    await withQmp(path, async (qmp) => {
      assert.deepEqual(await qmp.execute('query-name'), {});
      assert.match(await qmp.monitor('info version'), /^\d+\.\d+/);
    });
  });

  it('passes on what QEMU refuses', async () => {
    await assert.rejects(
      withQmp(path, (qmp) => qmp.execute('no-such-command')),
      (error) => error instanceof QmpError && /no-such-command/.test(error.message),
    );
  });

  it('says that nothing listens, or that it went away', async () => {
    await assert.rejects(
      withQmp(join(folder, 'none.sock'), async () => 1),
      QmpError,
    );
    const fickle = createServer((socket) => socket.destroy()).listen(join(folder, 'fickle.sock'));
    await once(fickle, 'listening');
    await assert.rejects(
      withQmp(join(folder, 'fickle.sock'), async () => 1),
      QmpError,
    );
    fickle.close();
  });

  it('stops with the reason of its signal', async () => {
    const reason = new Error('lease lost');
    const abort = new AbortController();
    // QEMU serves one client at a time: the second waits for its greeting.
    await withQmp(path, async () => {
      const waiting = withQmp(path, async () => 1, { signal: abort.signal });
      abort.abort(reason);
      await assert.rejects(waiting, reason);
    });
  });
});
