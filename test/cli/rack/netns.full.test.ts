import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRackNetwork } from '../../../src/cli/rack/imaging-network.ts';
import { rackFolder } from '../../../src/cli/rack/rack-node.ts';
import { exec } from '../../../src/lib/exec.ts';
import { freePort } from '../../helpers/free-port.ts';
import { logIn } from '../../helpers/guest-ssh.ts';
import { labrador, type RunningLabrador } from '../../helpers/labrador.ts';

/** A rack on a network of its own, from its start to its end: each step goes on where the one before ended. */
describe('labrador start --rack --rack-network netns', function () {
  this.timeout(1_500_000);
  let folder: string;
  let env: Record<string, string>;
  let running: RunningLabrador | undefined;
  const run = (args: string) => labrador(env).run(args.split(' '));
  const isThere = async (kind: 'netns' | 'link', name: string) =>
    (await exec('ip', [kind, ...(kind === 'link' ? ['show'] : ['list'])])).stdout.includes(name);

  before(async function () {
    if (process.getuid?.() !== 0) return this.skip();
    folder = mkdtempSync(join(tmpdir(), 'labrador-netns-'));
    env = { LABRADOR_DATA: join(folder, 'data'), LABRADOR_PORT: String(await freePort()) };
    env.LABRADOR_URL = `http://127.0.0.1:${env.LABRADOR_PORT}`;
  });
  after(async () => {
    if (!running) return;
    if (running.child.exitCode === null) await running.end('SIGKILL');
    await run('stop --guests');
    rmSync(folder, { recursive: true, force: true });
  });

  it('loads a machine by DHCP and HTTP, which its person works on at an address of its own', async () => {
    running = labrador(env).begin('start', '--rack', '1', '--rack-network', 'netns');
    await running.says(/Everything is ready/);
    const tokenOf = async (name: string) =>
      (await run(`token create --user ${name}`)).out.trim().split('\n').at(-1) ?? '';
    env.LABRADOR_TOKEN = await tokenOf('student');
    const { out, err } = await run('reserve tiny-metal --wait');
    const [, host, password = ''] = /ssh student@(\S+)\n {2}password: (\S+)/.exec(out) ?? [];
    assert.ok(host, out + err);
    const shell = await logIn({ host, port: 22, username: 'student', password });
    assert.match((await shell.run('hostname')).output, /^rack1$/m);
    shell.close();
    const pools = join(folder, 'data/pools');
    const log = readdirSync(pools)
      .map((pool) => join(pools, pool, 'dhcp/dnsmasq.log'))
      .find((file) => existsSync(file));
    assert.match(readFileSync(log ?? '', 'utf8'), new RegExp(`DHCPACK\\([^)]*\\) ${host} \\S+ rack1`));
    env.LABRADOR_TOKEN = await tokenOf('admin');
    const checked = await run('pool check rack');
    assert.deepEqual(
      [checked.code, checked.out.match(/^(fine|warning|wrong)/gm)?.length],
      [0, 6],
      checked.out,
    );
  });

  it('stops with all that it has, its network too', async () => {
    const network = await readRackNetwork(rackFolder(join(folder, 'data')));
    assert.ok(network);
    assert.equal(await isThere('netns', network.namespace), true);
    assert.equal((await run('stop --guests')).code, 0);
    assert.equal(await isThere('netns', network.namespace), false);
    assert.equal(await isThere('link', network.card), false);
  });
});
