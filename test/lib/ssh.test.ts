import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { connectSsh, greets, SshError, type SshFailure, waitForBanner } from '../../src/lib/ssh.ts';
import { newKeyPair } from '../../src/lib/ssh-keys.ts';
import { SshServer } from '../helpers/ssh-server.ts';

describe('connectSsh', () => {
  let server: SshServer;
  let mute: Server;
  let mutePort: number;
  before(async () => {
    server = await new SshServer().listen();
    mute = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    mutePort = (mute.address() as AddressInfo).port;
  });
  after(async () => {
    await server.close();
    mute.close();
  });

  const isFailure = (failure: SshFailure) => (error: unknown) =>
    error instanceof SshError && error.failure === failure;

  it('signs in where the host key is the pinned one', async () => {
    const { client } = await connectSsh(server.target);
    client.end();
    await once(client, 'close');
  });

  it('takes no other host key, of the same type or another', async () => {
    for (const key of [newKeyPair('other').public, 'ssh-rsa AAAA']) {
      await assert.rejects(connectSsh({ ...server.target, hostKeys: [key] }), isFailure('host-key'));
    }
  });

  it('takes no host key at all where none is pinned', async () => {
    await assert.rejects(connectSsh({ ...server.target, hostKeys: [] }), SshError);
  });

  it('tells that it was not let in', async () => {
    await assert.rejects(connectSsh({ ...server.target, password: 'wrong' }), isFailure('denied'));
  });

  it('does not wait for ever for a server that says nothing, or for none', async () => {
    const target = { ...server.target, port: mutePort };
    await assert.rejects(connectSsh(target, { bannerTimeoutMs: 50 }), isFailure('unreachable'));
    assert.equal(await greets(target, 50), false);
    assert.equal(await greets(server.target, 1_000), true);
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await assert.rejects(connectSsh({ ...target, port }), isFailure('unreachable'));
  });

  it('stops with the reason of its signal', async () => {
    const reason = new Error('lease lost');
    const abort = new AbortController();
    const target = { ...server.target, port: mutePort };
    const connecting = connectSsh(target, { signal: abort.signal });
    const waiting = waitForBanner(target, abort.signal);
    abort.abort(reason);
    await assert.rejects(connecting, reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(connectSsh(server.target, { signal: abort.signal }), reason);
  });
});
