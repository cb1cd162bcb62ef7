import assert from 'node:assert/strict';
import { join } from 'node:path';
import { forgetToken } from '../../../../../modules/provisioning/shared/metal/image-server/tokens.ts';
import type { NetrootJob } from '../../../../../modules/provisioning/shared/metal/jobs/netroot-job.ts';
import { writeNetrootJob } from '../../../../../modules/provisioning/shared/metal/jobs/write-netroot-job.ts';
import { removeLoadFolder } from '../../../../../modules/provisioning/shared/metal/load-record.ts';
import { makeOverlay } from '../../../../../modules/provisioning/shared/metal/netroot/overlay.ts';
import { exec } from '../../../../../src/lib/exec.ts';
import { seedFiles } from '../../../../../src/lib/images/seed.ts';
import { freePort } from '../../../../helpers/free-port.ts';
import { saidInventory } from '../../../../helpers/metal-agent.ts';
import { type MetalPool, makeMetalPool } from '../../../../helpers/metal-pool.ts';
import { testIdentity } from '../../../../helpers/test-identity.ts';

const mac = '52:54:00:aa:00:11';
const others = '52:54:00:aa:00:12';

/** Asks by HTTP and prints the status and what was answered: METHOD URL TOKEN BODY. */
const asking = `const [method, url, token, body] = process.argv.slice(1);
const headers = token ? { authorization: 'Bearer ' + token } : {};
const answer = await fetch(url, { method, headers, ...(body ? { body } : {}) });
console.log(answer.status + ' ' + await answer.text());`;

describe('disks on the server, over a network', function () {
  this.timeout(120_000);
  const number = process.pid % 100_000;
  const [link, machine] = [`labn${number}`, `labn${number}m`];
  const network = `198.19.${process.pid % 256}`;
  /** What runs behind the machine's card. */
  const there = ['netns', 'exec', machine];
  let port: number;
  let pool: MetalPool;
  let job: NetrootJob;
  let token = '';
  let orders = '';

  async function ask(method: string, path: string, of = mac, bearer = '', body = ''): Promise<string> {
    const url = `http://${network}.1:${port}${path}?mac=${of}`;
    const words = ['--input-type=module', '-e', asking, method, url, bearer, body];
    return (await exec('ip', [...there, process.execPath, ...words])).stdout;
  }
  const tokenIn = (text: string) => /labrador\.token=(\S+)/.exec(text)?.[1] ?? '';
  const ordered = (name: string) => new RegExp(`^${name}='(.*)'$`, 'm').exec(orders)?.[1] ?? '';
  const disk = (name: string) =>
    `driver=nbd,server.type=inet,server.host=${network}.1,server.port=${ordered('NBD_PORT')},export=${name}`;
  const look = ['qemu-img', 'info', '--image-opts'] as const;

  async function write(of: string, name: string): Promise<NetrootJob> {
    const folder = join(pool.directory, name);
    const file = join(pool.directory, 'base.qcow2');
    await makeOverlay(
      folder,
      { file, format: 'qcow2', virtualBytes: 0, sizeBytes: 0 },
      64 * 1024 ** 2,
      never,
    );
    return await writeNetrootJob(pool.directory, {
      ...{ artefact: name, node: name, mac: of, expiresAt: Date.now() + 3_600_000, folder },
      ...{ base: { file, format: 'qcow2' as const }, seed: seedFiles(testIdentity()) },
    });
  }

  before(async function () {
    const cards = ['type', 'veth', 'peer', 'name', 'eth0', 'address', mac, 'netns', machine];
    await exec('ip', ['netns', 'add', machine]).catch(() => undefined);
    const made = await exec('ip', ['link', 'add', link, ...cards]).catch(() => null);
    if (!made) this.skip();
    await exec('ip', ['address', 'add', `${network}.1/24`, 'dev', link]);
    await exec('ip', ['link', 'set', link, 'up']);
    await exec('ip', [...there, 'ip', 'address', 'add', `${network}.2/24`, 'dev', 'eth0']);
    await exec('ip', [...there, 'ip', 'link', 'set', 'eth0', 'up']);
    pool = await makeMetalPool();
    port = await freePort();
    await pool.serve({ address: { host: `${network}.1`, port }, sockets: null });
    const base = join(pool.directory, 'base.qcow2');
    await exec('qemu-img', ['create', '-q', '-f', 'qcow2', base, '64M']);
    // Whatever can be read does as the modules of a kernel.
    await pool.serve({ address: { host: `${network}.1`, port }, sockets: null, modules: base });
    job = await write(mac, 'test-n1-l1');
    await write(others, 'test-n2-l1');
  });
  after(async () => {
    if (job) await removeLoadFolder(job.folder);
    await pool?.close();
    await exec('ip', ['netns', 'delete', machine]).catch(() => undefined);
    await exec('ip', ['link', 'delete', link]).catch(() => undefined);
  });

  it('are for the card alone that the machine has', async () => {
    assert.match(await ask('GET', '/boot.ipxe', others), /^403 /);
    const here = await fetch(`http://${network}.1:${port}/boot.ipxe?mac=${mac}`);
    assert.equal(here.status, 403);
    token = tokenIn(await ask('GET', '/boot.ipxe'));
    assert.notEqual(token, '');
  });

  it('open to the address alone that took the job, by names that nobody guesses', async () => {
    orders = await ask('POST', '/agent/job', mac, token, saidInventory());
    assert.match(orders, /^200 ACTION='netroot'/);
    assert.match(ordered('DISK'), /^[a-z0-9]{26}$/);
    const seen = await exec('ip', [...there, ...look, disk(ordered('DISK'))]);
    assert.match(seen.stdout, /virtual size: 64 MiB/);
    await assert.rejects(exec('ip', [...there, ...look, disk('disk')]), /not available|not found|unknown/i);
    await assert.rejects(exec('qemu-img', ['info', '--image-opts', disk(ordered('DISK'))]));
  });

  it('are given once more only after the machine was started from here', async () => {
    assert.match(await ask('GET', '/boot.ipxe'), /poweroff/);
    await forgetToken(pool.directory, job);
    assert.notEqual(tokenIn(await ask('GET', '/boot.ipxe')), '');
  });
});

const never = new AbortController().signal;
