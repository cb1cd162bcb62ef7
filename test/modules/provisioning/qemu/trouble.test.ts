import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '../../../../modules/os/registry.ts';
import { findQemus } from '../../../../modules/provisioning/qemu/guest-process.ts';
import { provisioning } from '../../../../modules/provisioning/registry.ts';
import type { NodeFacts } from '../../../../src/domain/contracts/facts.ts';
import { artefactName } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { exec } from '../../../../src/lib/exec.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import { closeShells, connectShell } from '../../../../src/lib/ssh-shell.ts';
import { tinyRevision } from '../../../helpers/tiny-image.ts';
import { Bench } from '../bench.ts';

const { qemu } = provisioning;

describe('qemu: a machine that somebody has', function () {
  this.timeout(180_000);
  let bench: Bench;
  let node: NodeFacts;
  const at = (known = node) => ({ ...bench.context(known), settings: qemu.settings.parse({}) });

  before(async () => {
    bench = await openBench();
    node = await bench.load(bench.newNode());
    await inside('echo theirs >/root/file; sync');
  });
  after(async () => {
    await qemu.unload?.(at());
    await closeBench(bench);
  });

  async function inside(script: string): Promise<string> {
    const { management, hostKeys } = node;
    assert.ok(management);
    const privateKey = bench.secretsOf(node).managementKey;
    return (await connectShell({ ...management, privateKey, hostKeys }).run(script)).stdout.trim();
  }

  async function startAgain(): Promise<void> {
    node = bench.known(node, await qemu.power_on(at()));
    assert.equal(await inside('cat /root/file'), 'theirs');
  }

  async function becomes(power: string): Promise<void> {
    while ((await qemu.power_status(at())) !== power) await sleep(50);
  }

  it('is off when it was switched off from inside, and comes back with its disk', async () => {
    await bench.context(node).os?.shutdown();
    await becomes('off');
    await startAgain();
  });

  it('has crashed when its QEMU was killed, kills nothing that has its pid by now, and comes back with its disk', async () => {
    process.kill((await recordOf(bench, node)).process.pid, 'SIGKILL');
    await becomes('crashed');
    assert.equal((await qemu.node_status(at())).status, 'RELOAD');
    const sleeper = exec('sleep', ['1000'], { timeoutMs: 60_000 }).catch(() => undefined);
    const record = await recordOf(bench, node);
    const { stdout } = await exec('pgrep', ['-P', String(process.pid), '-x', 'sleep']);
    const pid = Number(stdout);
    const file = join(folderOf(bench, node), 'guest.json');
    await writeFile(file, JSON.stringify({ ...record, process: { ...record.process, pid } }));
    assert.equal(await qemu.power_status(at()), 'crashed');
    await qemu.power_off(at());
    process.kill(pid, 0);
    process.kill(pid, 'SIGKILL');
    await sleeper;
    await writeFile(file, JSON.stringify(record));
    await startAgain();
  });

  it('is ended though its record does not know it: its daemon was killed in the moment in which it started it', async () => {
    const { directory } = bench.subject;
    const record = await recordOf(bench, node);
    const file = join(folderOf(bench, node), 'guest.json');
    await writeFile(file, JSON.stringify({ ...record, power: 'off', process: null, management: null }));
    assert.equal(await qemu.power_off(at()), true);
    assert.equal((await findQemus(directory)).size, 0);
    assert.equal(await qemu.power_off(at()), false);
    await startAgain();
  });

  it('restarts from inside without anybody', async () => {
    const { port } = node.management ?? { port: 0 };
    const boot = () => inside('cat /proc/sys/kernel/random/boot_id').catch(() => before);
    const before = await inside('cat /proc/sys/kernel/random/boot_id');
    await bench.context(node).os?.reboot();
    while ((await boot()) === before) await sleep(50);
    assert.equal(await qemu.power_status(at()), 'on');
    assert.equal((await recordOf(bench, node)).management.port, port);
  });

  it('cannot fill our disk through its console', async () => {
    const log = join(folderOf(bench, node), 'console.log');
    await truncate(log, 9_000_000);
    const { directory, settings, installation, signal } = at();
    await qemu.list_artefacts?.({ directory, settings, installation, signal });
    assert.ok((await stat(log)).size < 1_000_000);
    await inside('echo and goes on >/dev/ttyS0');
    while (!(await readFile(log, 'utf8')).includes('and goes on')) await sleep(50);
  });

  it('is found by whoever reaches its folder by another way', async () => {
    const link = `${bench.subject.directory}-link`;
    await symlink(bench.subject.directory, link);
    const { settings, installation, signal } = at();
    const found = await qemu.list_artefacts?.({ directory: link, settings, installation, signal });
    await rm(link);
    const name = artefactName(installation, node);
    assert.equal(found?.find((artefact) => artefact.name === name)?.what, 'running guest');
  });

  describe('its forwarded port', () => {
    const endpoint = { host: '127.0.0.1', port: 0 };
    before(async () => {
      endpoint.port = await freePort();
    });

    it('opens, twice is once', async () => {
      await qemu.open_forward?.(at(), endpoint);
      await qemu.open_forward?.(at(), endpoint);
      assert.match(await banner(endpoint.port), /^SSH-2.0/);
    });

    it('closes, and what went through it is cut, while the machine stays manageable', async () => {
      const socket = connect(endpoint);
      await once(socket, 'data');
      const ended = once(socket, 'close');
      await qemu.close_forward?.(at(), endpoint);
      await qemu.close_forward?.(at(), endpoint);
      socket.resume();
      await ended;
      await assert.rejects(banner(endpoint.port));
      assert.equal(await inside('cat /root/file'), 'theirs');
    });

    it('says so when something else has that port', async () => {
      const server = createServer().listen(endpoint.port, endpoint.host);
      await once(server, 'listening');
      await assert.rejects(
        qemu.open_forward?.(at(), endpoint) ?? Promise.resolve(),
        failure('retry', /cannot be forwarded/),
      );
      server.close();
    });

    it('is closed already when the machine is off', async () => {
      await qemu.power_off(at());
      await qemu.close_forward?.(at(), endpoint);
    });
  });
});

describe('qemu: a load that cannot work', function () {
  this.timeout(180_000);
  let bench: Bench;
  const node = () => bench.newNode();
  before(async () => {
    bench = await openBench();
  });
  after(async () => closeBench(bench));
  afterEach(async () => {
    const left = (await readdir(bench.subject.directory)).filter((name) => !name.endsWith('.image'));
    assert.deepEqual(left, []);
  });

  it('says that the disk is too small', async () => {
    await assert.rejects(load(bench.newNode({ diskMb: 512 })), failure('unsatisfiable', /needs 1024 MB/));
  });

  it('refuses an image that leans on another file', async () => {
    const file = join(bench.subject.directory, 'leaning.image');
    await exec('qemu-img', [
      'create',
      '-q',
      '-f',
      'qcow2',
      '-b',
      '/etc/hostname',
      '-F',
      'raw',
      '-u',
      file,
      '1G',
    ]);
    await assert.rejects(load(node(), { file }), failure('unsatisfiable', /another file behind it/));
    const data = join(bench.subject.directory, 'data.image');
    await exec('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', `data_file=${data}.raw.image`, data, '1G']);
    await assert.rejects(load(node(), { file: data }), failure('unsatisfiable', /its data in another file/));
  });

  it('refuses what is no image', async () => {
    const file = join(bench.subject.directory, 'text.image');
    await writeFile(file, 'not an image');
    await assert.rejects(load(node(), { file }), failure('unsatisfiable', /no qcow2 file/));
  });

  it('gives up an image that does not boot, and says what the console shows', async () => {
    const file = join(bench.subject.directory, 'empty.image');
    await writeFile(file, '');
    await truncate(file, 16 * 1024 * 1024);
    await assert.rejects(
      load(node(), { file, format: 'raw' }, { bootSeconds: 1 }),
      failure('failed', /did not answer over SSH within [14] s; its console/),
    );
  });

  it('says what QEMU said when it ends at once', async () => {
    await assert.rejects(
      load(node(), {}, { cpu: 'no-such-model' }),
      failure('node_broken', /QEMU ended: .*no-such-model/),
    );
  });

  it('says that the pool contradicts itself', async () => {
    await assert.rejects(load(node(), {}, { network: 'bridge' }), failure('unsatisfiable', /bridge/));
  });

  async function load(fresh: NodeFacts, revision = {}, settings = {}) {
    const context = bench.context(fresh, {
      revision: { ...bench.subject.revision, sha256: null, ...revision },
    });
    return await qemu.load({ ...context, settings: qemu.settings.parse(settings) });
  }
});

async function openBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'labrador-trouble-'));
  return new Bench({ module: qemu, os: os.linux, directory, settings: {}, revision: await tinyRevision() });
}

async function closeBench(bench: Bench): Promise<void> {
  closeShells();
  await rm(bench.subject.directory, { recursive: true });
}

function folderOf(bench: Bench, node: NodeFacts): string {
  return join(bench.subject.directory, artefactName('conformance', node));
}

async function recordOf(bench: Bench, node: NodeFacts) {
  return JSON.parse(await readFile(join(folderOf(bench, node), 'guest.json'), 'utf8'));
}

function failure(kind: ModuleError['kind'], sentence: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ModuleError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, sentence);
    return true;
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

async function banner(port: number): Promise<string> {
  const socket: Socket = connect({ host: '127.0.0.1', port });
  try {
    const [data] = await once(socket, 'data');
    return String(data);
  } finally {
    socket.destroy();
  }
}
