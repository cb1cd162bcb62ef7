import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireDaemonLock } from '../../src/lib/file-lock.ts';

const program = `
  import { acquireDaemonLock } from '${new URL('../../src/lib/file-lock.ts', import.meta.url).href}';
  import { spawn } from 'node:child_process';
  acquireDaemonLock(process.argv[1], 'main');
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  console.log(child.pid);
  setInterval(() => undefined, 1000);
`;

describe('acquireDaemonLock', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'labrador-lock-'));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  it('gives a name to one holder at a time', () => {
    const lock = acquireDaemonLock(data, 'main');
    assert.throws(() => acquireDaemonLock(data, 'main'), new RegExp(`already \\(process ${process.pid}\\)`));
    acquireDaemonLock(data, 'second').release();
    lock.release();
    acquireDaemonLock(data, 'main').release();
  });

  it('is released by the kernel when its holder is killed, though a child of it lives on', async () => {
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, data]);
    const [line] = await once(holder.stdout, 'data');
    const child = Number(String(line));
    try {
      assert.throws(() => acquireDaemonLock(data, 'main'), new RegExp(`process ${holder.pid}`));
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      process.kill(child, 0);
      acquireDaemonLock(data, 'main').release();
    } finally {
      process.kill(child, 'SIGKILL');
    }
  });
});
