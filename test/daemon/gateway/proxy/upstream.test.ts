import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import { type RunningGateway, runGateway } from '../running-gateway.ts';
import { rest, throughProxy, tunnelThroughProxy } from './proxy-client.ts';

describe("daemon/gateway/proxy: through the operator's own proxy", () => {
  let folder: string;
  let socket: string;
  let site: Server;
  let upstream: Server;
  let house: RunningGateway;
  /** What the operator's proxy was asked. */
  const asked: { readonly what: string; readonly account: string | undefined }[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-upstream-'));
    socket = join(folder, 'one.sock');
    site = createServer((_, response) => response.end('the site'));
    upstream = operatorsProxy();
    for (const server of [site, upstream]) await once(server.listen(0, '127.0.0.1'), 'listening');
    house = await runGateway({
      resolveName: async (name) => (name === 'inside.example' ? ['10.0.0.1'] : []),
      settings: { upstreamProxy: `http://lab:p%40ss@127.0.0.1:${portOf(upstream)}` },
    });
    await house.gateway.listenProxy(socket, { node: 'lab-7' });
  });
  beforeEach(() => {
    asked.length = 0;
  });
  after(async () => {
    await house.stop();
    site.close();
    upstream.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Lets everybody reach the site under any name, but `blocked.example`. */
  function operatorsProxy(): Server {
    const proxy = createServer((request, response) => {
      asked.push({
        what: `${request.method} ${request.url}`,
        account: request.headers['proxy-authorization'],
      });
      response.end('a page');
    });
    return proxy.on('connect', (request, client) => {
      asked.push({ what: `CONNECT ${request.url}`, account: request.headers['proxy-authorization'] });
      if (request.url?.startsWith('blocked')) return client.end('HTTP/1.1 403 No\r\n\r\n');
      const remote = connect(portOf(site), '127.0.0.1');
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      return client.pipe(remote).pipe(client);
    });
  }

  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const account = `Basic ${Buffer.from('lab:p@ss').toString('base64')}`;

  it('asks it by name, with its account', async () => {
    const { socket: tunnel, head } = await tunnelThroughProxy(socket, 'deb.example:443');
    assert.match(head, /^HTTP\/1.1 200 /);
    tunnel.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(await rest(tunnel), /the site/);
    const page = await throughProxy(socket, 'http://deb.example/debian');
    assert.deepEqual([page.status, page.body], [200, 'a page']);
    assert.deepEqual(asked, [
      { what: 'CONNECT deb.example:443', account },
      { what: 'GET http://deb.example/debian', account },
    ]);
  });

  it('does not ask it for what is known to be inside', async () => {
    for (const authority of ['inside.example:443', '192.168.0.1:443', '[::ffff:10.0.0.1]:80']) {
      const { socket: refused, head } = await tunnelThroughProxy(socket, authority);
      refused.destroy();
      assert.match(head, /^HTTP\/1.1 403 /, authority);
    }
    assert.deepEqual(asked, []);
  });

  it('says so when it refuses', async () => {
    const { socket: refused, head } = await tunnelThroughProxy(socket, 'blocked.example:443');
    assert.match(head, /^HTTP\/1.1 502 .*does not let machines reach blocked\.example/s);
    refused.destroy();
  });
});
