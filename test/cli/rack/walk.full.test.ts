import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rackFiles, rackNodes } from '../../../src/cli/rack/rack-node.ts';
import { freePort } from '../../helpers/free-port.ts';
import { type GuestShell, logIn } from '../../helpers/guest-ssh.ts';
import { labrador, type RunningLabrador } from '../../helpers/labrador.ts';

/** An installation with a rack made of software, from its start to its end: each step goes on where the one before ended. */
describe('labrador start --rack', function () {
  this.timeout(900_000);
  let folder: string;
  let env: Record<string, string>;
  let running: RunningLabrador;
  let admin = '';
  const run = (args: string) => labrador(env).run(args.split(' '));
  const machines = () =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('qemu-system') && line.includes(join(folder, 'data/rack'))).length;
  const nodes = async () => {
    const asked = { headers: { authorization: `Bearer ${admin}` } };
    const answer = await fetch(`${env.LABRADOR_URL}/api/v1/nodes?pool=rack`, asked);
    return ((await answer.json()) as { items: { name: string; state: string; image: string | null }[] })
      .items;
  };
  const allLoaded = async () =>
    (await nodes()).every((node) => node.state === 'available' && node.image === 'tiny-metal-v1');
  const theirs = async () =>
    (await nodes()).find(({ state }) => state === 'inuse' || state === 'reserved')?.name ?? '';
  const connected = async () => {
    const { out } = await run('connect 1');
    const [, port, password = ''] = /-p (\d+) \S+\n {2}password: (\S+)/.exec(out) ?? [];
    return await logIn({ port: Number(port), username: 'student', password });
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-walk-'));
    env = { LABRADOR_DATA: join(folder, 'data'), LABRADOR_PORT: String(await freePort()) };
    env.LABRADOR_URL = `http://127.0.0.1:${env.LABRADOR_PORT}`;
  });
  after(async () => {
    if (running.child.exitCode === null) await running.end('SIGKILL');
    await labrador(env).run(['stop', '--guests']);
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes machines with empty disks, and loads them', async () => {
    running = labrador(env).begin('start', '--rack', '2');
    await running.says(/The rack has 2 machines/);
    await running.says(/Everything is ready/);
    const tokenOf = async (name: string) =>
      (await run(`token create --user ${name}`)).out.trim().split('\n').at(-1) ?? '';
    admin = await tokenOf('admin');
    env.LABRADOR_TOKEN = await tokenOf('student');
    await until(allLoaded);
    assert.equal(machines(), 2);
  });

  let shell: GuestShell;
  it('gives one to a person, who works on it', async () => {
    await run('reserve tiny-metal --minutes 60');
    await until(async () => /reserved|inuse/.test((await run('list')).out));
    shell = await connected();
    const { output } = await shell.run(
      'hostname; cat /sys/class/dmi/id/product_name; echo a-secret-of-mine >mine; sync',
    );
    assert.match(output, /^rack\d\nRack in software/);
  });

  it('is found again by the next start after it was killed, with what was reserved', async () => {
    await running.end('SIGKILL');
    assert.equal(machines(), 2);
    running = labrador(env).begin('start');
    await running.says(/The rack has 2 machines/);
    assert.match((await shell.run('cat mine')).output, /a-secret-of-mine/);
    shell.close();
    shell = await connected();
    shell.close();
  });

  it('writes the disk anew after them, and nothing of theirs is on it', async () => {
    const name = await theirs();
    const node = (await rackNodes(join(folder, 'data'))).find((each) => each.name === name);
    assert.ok(node);
    const disk = join(node.folder, rackFiles.disk);
    const holds = () => spawnSync('grep', ['-qaF', 'a-secret-of-mine', disk]).status === 0;
    assert.equal(holds(), true);
    await run('end 1');
    await until(allLoaded);
    assert.equal(holds(), false);
  });

  it('serves its people though a BMC hangs and another machine loses its power while it is loaded', async () => {
    assert.match((await run('rack fault rack1 hang-bmc')).out, /^rack1: its BMC takes everything/);
    assert.equal((await run('rack fault rack7 off')).code, 1);
    await run('reserve tiny-metal --minutes 60');
    await until(async () => / (reserved|inuse) /.test((await run('list')).out));
    await run('end 2');
    await run('rack fault rack1 off');
    await until(allLoaded);
  });

  it('stops with all that it has', async () => {
    assert.equal((await run('stop --guests')).code, 0);
    assert.equal(machines(), 0);
  });
});

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await pause(500);
}
