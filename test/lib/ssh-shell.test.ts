import assert from 'node:assert/strict';
import { ModuleError } from '../../src/domain/errors.ts';
import { newKeyPair } from '../../src/lib/ssh-keys.ts';
import { closeShells, connectShell, forgetShells, waitForSsh } from '../../src/lib/ssh-shell.ts';
import { SshServer } from '../helpers/ssh-server.ts';

describe('connectShell', () => {
  let server: SshServer;
  beforeEach(async () => {
    server = await new SshServer().listen();
  });
  afterEach(async () => {
    closeShells();
    await server.close();
  });
  const isFailure = (kind: string) => (error: unknown) => error instanceof ModuleError && error.kind === kind;

  it('returns what a script said and how it ended', async () => {
    const shell = connectShell(server.target);
    assert.deepEqual(await shell.run('echo out; echo err >&2; exit 3'), {
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('shakes hands once, for many scripts, one after the other or at once', async () => {
    const { signal } = new AbortController();
    await waitForSsh({ ...server.target, signal });
    await connectShell(server.target).run('true');
    const runs = Array.from({ length: 5 }, (_, index) => connectShell(server.target).run(`echo ${index}`));
    const said = (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
    assert.deepEqual(said, ['0', '1', '2', '3', '4']);
    assert.equal(server.connections, 1);
  });

  it('connects again when the kept connection has died, or was forgotten', async () => {
    const shell = connectShell(server.target);
    await shell.run('true');
    server.cut();
    assert.equal((await shell.run('echo again')).stdout, 'again\n');
    forgetShells(server.target);
    assert.equal((await shell.run('echo again')).stdout, 'again\n');
    assert.equal(server.connections, 3);
  });

  it('says retry when the machine is not there, and that another machine is not it', async () => {
    const { target } = server;
    await connectShell(target).run('true');
    await server.close();
    await assert.rejects(connectShell(target).run('true'), isFailure('retry'));
    server = await new SshServer().listen();
    const hostKeys = [newKeyPair('other').public];
    await assert.rejects(connectShell({ ...server.target, hostKeys }).run('true'), isFailure('node_broken'));
  });

  it('does not run a script twice when the machine goes away in the middle', async () => {
    const shell = connectShell(server.target);
    const running = shell.run('echo begun; exec sleep 30');
    await waitUntil(() => server.connections === 1);
    await shell.run('true');
    server.cut();
    await assert.rejects(running, isFailure('retry'));
    assert.equal(server.connections, 1);
  });

  it('gives up a script that takes too long, says too much, or is not wanted any more', async () => {
    const abort = new AbortController();
    const shell = connectShell({ ...server.target, signal: abort.signal });
    await assert.rejects(shell.run('exec sleep 30', { timeoutMs: 50 }), isFailure('retry'));
    await assert.rejects(shell.run('exec cat /dev/zero'), isFailure('failed'));
    const reason = new Error('lease lost');
    const running = shell.run('exec sleep 30');
    abort.abort(reason);
    await assert.rejects(running, reason);
    assert.equal((await connectShell(server.target).run('echo still')).stdout, 'still\n');
    assert.equal(server.connections, 1);
  });
});

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}
