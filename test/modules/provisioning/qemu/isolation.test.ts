import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '../../../../modules/os/registry.ts';
import { provisioning } from '../../../../modules/provisioning/registry.ts';
import type { NodeFacts, Reach } from '../../../../src/domain/contracts/facts.ts';
import { artefactName } from '../../../../src/domain/contracts/provisioning.ts';
import { closeShells, connectShell } from '../../../../src/lib/ssh-shell.ts';
import { tinyRevision } from '../../../helpers/tiny-image.ts';
import { Bench } from '../bench.ts';

describe('qemu: isolation, tried from inside as root', function () {
  this.timeout(120_000);
  let bench: Bench;
  let alone: NodeFacts;
  let withWeb: NodeFacts;
  let proxy: Server;
  let watched: Server;

  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'labrador-isolation-'));
    const revision = await tinyRevision();
    bench = new Bench({ module: provisioning.qemu, os: os.linux, directory, settings: {}, revision });
    watched = await listening({ host: '0.0.0.0', port: 0 });
    [alone, withWeb] = await Promise.all([start('none'), start('web')]);
    const socket = await provisioning.qemu.proxy_socket?.(contextOf(withWeb, 'web'));
    assert.ok(socket);
    proxy = await listening({ path: socket });
    await chmod(socket, 0o666);
    // What a person who is root would try first.
    for (const node of [alone, withWeb]) await inside(node, 'ip route add default via 10.0.2.2');
  });
  after(async () => {
    for (const node of [alone, withWeb]) await provisioning.qemu.unload?.(contextOf(node, 'none'));
    closeShells();
    for (const server of [proxy, watched]) server.close();
    await rm(bench.subject.directory, { recursive: true });
  });

  function contextOf(node: NodeFacts, reach: Reach) {
    const settings = provisioning.qemu.settings.parse({});
    return { ...bench.context(node, { pool: { id: 1, name: 'pool', module: 'qemu', reach } }), settings };
  }

  async function start(reach: Reach): Promise<NodeFacts> {
    const node = bench.newNode();
    return bench.known(node, await provisioning.qemu.load(contextOf(node, reach)));
  }

  async function inside(node: NodeFacts, script: string): Promise<string> {
    const { management, hostKeys } = node;
    assert.ok(management);
    const privateKey = bench.secretsOf(node).managementKey;
    const { stdout } = await connectShell({ ...management, privateKey, hostKeys }).run(script);
    return stdout.trim();
  }

  /** Which of the addresses answer a TCP connection from inside, all tried at once. */
  async function reached(node: NodeFacts, targets: readonly string[]): Promise<string[]> {
    const tries = targets.map(
      (target) => `(nc -w 3 ${target} </dev/null >/dev/null 2>&1 && echo ${target}) &`,
    );
    return (await inside(node, `${tries.join('\n')}\nwait`)).split('\n').filter(Boolean).sort();
  }

  const port = (server: Server) => (server.address() as AddressInfo).port;
  const hostAddresses = () =>
    Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address),
    );

  it('can tell what is reached from what is not', async () => {
    assert.deepEqual(await reached(alone, ['127.0.0.1 22', '127.0.0.1 23']), ['127.0.0.1 22']);
    assert.deepEqual(await reached(alone, ['10.0.2.15 22']), ['10.0.2.15 22']);
  });

  it('reaches no port that listens on the host, other machines among them', async () => {
    const ports = [...new Set([...(await listeningPorts()), port(watched)])];
    const others = [alone.management?.port ?? 0, withWeb.management?.port ?? 0];
    for (const other of others) assert.ok(ports.includes(other));
    for (const node of [alone, withWeb]) {
      assert.deepEqual(
        await reached(
          node,
          ports.map((each) => `10.0.2.2 ${each}`),
        ),
        [],
      );
      const addresses = hostAddresses().filter((address) => address !== '127.0.0.1');
      assert.deepEqual(
        await reached(
          node,
          addresses.map((address) => `${address} ${port(watched)}`),
        ),
        [],
      );
    }
  });

  it('reaches nothing outside', async () => {
    const outside = [
      '1.1.1.1 443',
      '8.8.8.8 53',
      '192.168.0.1 80',
      '169.254.169.254 80',
      '10.0.2.3 53',
      '10.0.2.4 22',
    ];
    for (const node of [alone, withWeb]) assert.deepEqual(await reached(node, outside), []);
  });

  it('gets no datagram out, and no name resolved', async () => {
    const socket = createSocket('udp4');
    let heard = 0;
    socket.on('message', () => {
      heard += 1;
    });
    await new Promise<void>((resolve) => socket.bind(0, '0.0.0.0', resolve));
    const own = hostAddresses().find((address) => address !== '127.0.0.1') ?? '127.0.0.1';
    const tries = ['10.0.2.2', own].map(
      (address) => `timeout 2 tftp -g -r x -l /dev/null ${address} ${socket.address().port}`,
    );
    await inside(alone, `${tries.join('\n')}\ntrue`);
    assert.match(
      await inside(alone, 'nslookup debian.org 10.0.2.3 >/dev/null 2>&1 || echo unresolved'),
      /unresolved/,
    );
    socket.close();
    assert.equal(heard, 0);
  });

  it('reaches the proxy, and it alone, where its pool allows the web', async () => {
    const targets = ['10.0.2.100 3128', '10.0.2.100 22', '10.0.2.100 80'];
    assert.equal(await inside(withWeb, 'nc -w 5 10.0.2.100 3128 </dev/null'), 'who asks?');
    assert.deepEqual(await reached(withWeb, targets), ['10.0.2.100 3128']);
    assert.deepEqual(await reached(alone, targets), []);
  });

  it("confines QEMU itself: an own user, no rights, filtered system calls, nobody else's files", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const [first, second] = await Promise.all([alone, withWeb].map(confinement));
    assert.ok(first && second);
    for (const { uid, status } of [first, second]) {
      assert.notEqual(uid, 0);
      assert.match(status, /^CapEff:\s+0+$/m);
      assert.match(status, /^NoNewPrivs:\s+1$/m);
      assert.match(status, /^Seccomp:\s+2$/m);
      assert.match(status, /^Groups:\s+\d+\s*$/m);
    }
    assert.notEqual(first.uid, second.uid);
    await chmod(bench.subject.directory, 0o711);
    assert.equal(may(second.uid, '-w', join(second.folder, 'proxy.sock')), true);
    assert.equal(may(first.uid, '-w', join(second.folder, 'proxy.sock')), false);
    assert.equal(may(second.uid, '-w', join(second.folder, 'qmp.sock')), false);
    assert.equal(may(second.uid, '-r', join(second.folder, 'guest.json')), false);
    assert.equal((await stat(second.folder)).mode & 0o777, 0o710);
  });

  async function confinement(node: NodeFacts) {
    const folder = join(bench.subject.directory, artefactName('conformance', node));
    const record = JSON.parse(await readFile(join(folder, 'guest.json'), 'utf8'));
    const status = await readFile(`/proc/${record.process.pid}/status`, 'utf8');
    return { folder, status, uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) };
  }
});

function listening(where: { host: string; port: number } | { path: string }): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('who asks?\n');
  });
  return new Promise((resolve) => server.listen(where, () => resolve(server)));
}

/** Every TCP port that anything on this computer listens on. */
async function listeningPorts(): Promise<number[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
  const rows = tables.join('\n').matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A /gm);
  return [...rows].map(([, hex = '']) => Number.parseInt(hex, 16));
}

/** Whether a user may read (-r) a file, or write it (-w), which is also what connecting to a socket takes. */
function may(uid: number, what: '-r' | '-w', path: string): boolean {
  return spawnSync('test', [what, path], { uid, gid: uid, cwd: '/' }).status === 0;
}
