import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'mocha';
import { freePort } from '../../../helpers/free-port.ts';
import { silentLog } from '../../../helpers/module-context.ts';
import { type RunningGateway, runGateway } from '../running-gateway.ts';
import { sharedGuest } from '../shared-guest.ts';
import { rest, throughProxy, tunnelThroughProxy } from './proxy-client.ts';

interface Line {
  readonly host: string;
  readonly port?: number;
  readonly sent?: number;
  readonly received?: number;
  readonly why?: string;
  readonly node: string;
}

describe('daemon/gateway/proxy: the web for machines', () => {
  let folder: string;
  let site: Server;
  let port: number;
  let securePort: number;
  let house: RunningGateway;
  let socket: string;
  const lines: Line[] = [];
  /** What names lead to; changed by tests. */
  const names = new Map<string, readonly string[]>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-proxy-'));
    socket = join(folder, 'one.sock');
    site = createServer((request, response) => void sayWhatCame(request, response));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    port = (site.address() as AddressInfo).port;
    securePort = await freePort();
    house = await runGateway({
      // The site of these tests is on this host, which no machine reaches otherwise.
      mayReach: (address) => address === '127.0.0.1',
      resolveName: async (name) => names.get(name) ?? [],
      log: { ...silentLog, info: (facts) => void lines.push(facts as Line) },
      settings: { proxyPorts: [80, port, securePort], proxyConnections: 3, proxyIdleSeconds: 1 },
    });
    await house.gateway.listenProxy(socket, { node: 'lab-7' });
  });
  beforeEach(() => {
    lines.length = 0;
    names.clear();
    names.set('site.test', ['127.0.0.1']);
  });
  after(async () => {
    await house.stop();
    site.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings a page, without what is meant for the proxy alone', async () => {
    const headers = {
      'proxy-authorization': 'secret',
      connection: 'x-mine',
      'x-mine': 'hop',
      accept: 'text/x',
    };
    const asked = { method: 'POST', headers, body: 'a body' };
    const answer = await throughProxy(socket, `http://SITE.test:${port}/page?x=1`, asked);
    assert.equal(answer.status, 200);
    const seen = JSON.parse(answer.body) as { headers: Record<string, string> };
    assert.deepEqual(
      { ...seen, headers: null },
      { method: 'POST', url: '/page?x=1', headers: null, body: 'a body' },
    );
    assert.deepEqual([seen.headers.host, seen.headers.accept], [`site.test:${port}`, 'text/x']);
    assert.ok(!('proxy-authorization' in seen.headers) && !('x-mine' in seen.headers));
    assert.deepEqual([answer.headers['x-site'], answer.headers['x-hop']], ['here', undefined]);
    const [line] = lines;
    assert.deepEqual([line?.node, line?.host, line?.port], ['lab-7', 'site.test', port]);
    assert.ok((line?.sent ?? 0) > 50 && (line?.received ?? 0) > 50);
    assert.doesNotMatch(JSON.stringify(lines), /page|secret|body/);
  });

  it('carries a tunnel both ways, and notes it once', async () => {
    const { socket: tunnel, head } = await tunnelThroughProxy(socket, `site.test:${port}`);
    assert.match(head, /^HTTP\/1.1 200 /);
    tunnel.write('GET /inside HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(await rest(tunnel), /"url":"\/inside"/);
    assert.equal(lines.length, 1);
    assert.ok((lines[0]?.sent ?? 0) >= 50 && (lines[0]?.received ?? 0) > 100);
  });

  it('refuses other ports, private addresses and unknown names with a sentence', async () => {
    names.set('inside.test', ['10.1.2.3', 'fe80::1']);
    const cases: readonly [string, number, RegExp][] = [
      ['site.test:22', 403, /on port 80 and [\d and]+ only, not 22/],
      [`inside.test:${port}`, 403, /inside\.test is not on the public internet/],
      [`10.0.0.1:${port}`, 403, /not on the public internet/],
      [`[::1]:${port}`, 403, /not on the public internet/],
      [`169.254.169.254:80`, 403, /not on the public internet/],
      [`0x0a000001:${port}`, 403, /10\.0\.0\.1 is not on the public internet/],
      [`nowhere.test:${port}`, 502, /There is no host named nowhere\.test/],
      ['site.test', 400, /not an address/],
      ['a@b:80', 400, /not an address/],
      ['site.test:99999', 400, /not an address/],
    ];
    for (const [authority, status, sentence] of cases) {
      const { socket: refused, head } = await tunnelThroughProxy(socket, authority);
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `), authority);
      assert.match(head + (await rest(refused)), sentence);
    }
    const plain = await throughProxy(socket, `http://inside.test:${port}/`);
    assert.deepEqual([plain.status, /not on the public internet/.test(plain.body)], [403, true]);
    assert.equal((await throughProxy(socket, '/page')).status, 400);
    assert.equal((await throughProxy(socket, 'ftp://site.test/')).status, 400);
    assert.equal(lines.filter((line) => line.why !== undefined).length, cases.length + 3);
  });

  it('connects to what it checked: a name that changes its mind gains nothing', async () => {
    let asked = 0;
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const changing = await runGateway({
      mayReach: (address) => address === '127.0.0.1',
      resolveName: async () => answers[asked++] ?? ['10.0.0.1'],
      settings: { proxyPorts: [port] },
    });
    const path = join(folder, 'changing.sock');
    await changing.gateway.listenProxy(path, { node: 'lab-8' });
    assert.equal((await throughProxy(path, `http://change.test:${port}/`)).status, 200);
    assert.equal(asked, 1);
    assert.equal((await throughProxy(path, `http://change.test:${port}/`)).status, 403);
    await changing.stop();
  });

  it('uses the allowed address of a name that has others too', async () => {
    names.set('both.test', ['10.9.9.9', '127.0.0.1', 'fd00::1']);
    assert.equal((await throughProxy(socket, `http://both.test:${port}/`)).status, 200);
  });

  it('closes a silent connection, and takes only so many at once', async () => {
    const tunnels = await Promise.all([1, 2, 3].map(() => tunnelThroughProxy(socket, `site.test:${port}`)));
    const fourth = connect(socket);
    fourth.on('error', () => undefined);
    await once(fourth, 'close');
    await Promise.all(tunnels.map(({ socket: tunnel }) => rest(tunnel)));
    assert.equal((await throughProxy(socket, `http://site.test:${port}/`)).status, 200);
  });

  it('listens where it is told, also beyond a leftover, and leaves nothing', async () => {
    const path = join(folder, 'two.sock');
    await house.gateway.listenProxy(path, { node: 'first' });
    await house.gateway.listenProxy(path, { node: 'second' });
    await throughProxy(path, `http://site.test:${port}/`);
    assert.equal(lines[0]?.node, 'second');
    const { socket: open } = await tunnelThroughProxy(path, `site.test:${port}`);
    open.on('error', () => undefined);
    const cut = once(open, 'close');
    await house.gateway.closeProxy(path);
    await cut;
    await assert.rejects(stat(path), { code: 'ENOENT' });
    await assert.rejects(house.gateway.listenProxy(join(folder, 'none', 'x.sock'), { node: 'x' }));
  });

  it('is reached from inside a real machine, which learns why not', async function () {
    this.timeout(180_000);
    const { asRoot, proxySocket } = await sharedGuest();
    await house.gateway.listenProxy(proxySocket, { node: 'guest' });
    await asRoot('until ip addr show eth1 | grep -q 10.9.0.15; do usleep 50000; done');
    const fetchInGuest = (url: string) =>
      asRoot(`export https_proxy=http://10.9.0.100:3128 http_proxy=http://10.9.0.100:3128
        wget -nv -t 1 -O - ${url} 2>&1 || true`);
    assert.match(await fetchInGuest(`http://site.test:${port}/from-guest`), /"url":"\/from-guest"/);
    assert.match(await fetchInGuest('http://10.0.2.2/'), /403/);
    assert.equal(lines[0]?.node, 'guest');

    const { key, cert } = selfSigned('site.test');
    const secure = createSecureServer({ key, cert }, (_, response) => response.end('a secret page'));
    secure.listen(securePort, '127.0.0.1');
    await once(secure, 'listening');
    try {
      const url = `https://site.test:${securePort}/`;
      assert.match(await fetchInGuest(url), /certificate of .site.test. is not trusted/);
      await asRoot(`cat >>/etc/ssl/certs/ca-certificates.crt <<'CERTIFICATE'\n${cert}\nCERTIFICATE`);
      assert.match(await fetchInGuest(url), /a secret page/);
    } finally {
      secure.close();
    }
  });
});

function selfSigned(name: string): { key: string; cert: string } {
  const ask = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const made = execFileSync('openssl', ['req', ...ask, ...names, '-keyout', '-', '-out', '-'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const at = made.indexOf('-----BEGIN CERTIFICATE');
  return { key: made.slice(0, at), cert: made.slice(at) };
}

async function sayWhatCame(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  const body = await text(request);
  response.setHeader('x-site', 'here').setHeader('connection', 'close, x-hop').setHeader('x-hop', 'private');
  response.end(JSON.stringify({ method, url, headers, body }));
}
