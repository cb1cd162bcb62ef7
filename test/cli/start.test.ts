import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../helpers/free-port.ts';
import { labrador, type RunningLabrador } from '../helpers/labrador.ts';

const patience = 240_000;

/** One installation on this computer, from its first start to the last guest: each step goes on where the one before ended. */
describe('labrador start', function () {
  this.timeout(patience);
  let folder: string;
  let env: Record<string, string>;
  let running: RunningLabrador | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-cli-'));
    env = { LABRADOR_DATA: join(folder, 'data'), LABRADOR_PORT: String(await freePort()) };
    env.LABRADOR_URL = `http://127.0.0.1:${env.LABRADOR_PORT}`;
  });
  after(async () => {
    if (running && running.child.exitCode === null) await running.end('SIGKILL');
    await labrador(env).run(['stop', '--guests']);
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (args: string, input?: string) => labrador(env).run(args.split(' '), input);
  const guests = () =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('qemu-system') && line.includes(folder)).length;

  it('has nothing to work on before the first', async () => {
    const { code, err } = await run('token create --user student');
    assert.equal(code, 1);
    assert.match(err, /^There is no Labrador in .*npm start/);
  });

  it('makes accounts, shows how to get in, builds the first image and loads machines', async () => {
    env.SSH_CONNECTION = '198.51.100.4 50000 192.0.2.9 2222';
    running = labrador(env).begin('start', '--simulator', '3');
    const [, password] = await running.says(/student +((?:[a-z0-9]{4}-){3}[a-z0-9]{4})/);
    const [, link] = await running.says(/student +(http:\/\/\S+\/sign-in\/link\/\S+)/);
    assert.match(
      running.out(),
      new RegExp(`ssh -L ${env.LABRADOR_PORT}:127.0.0.1:${env.LABRADOR_PORT} -p 2222 \\S+@192.0.2.9`),
    );
    assert.ok(password);
    assert.equal((await fetch(link ?? '')).status, 200);
    const health = await fetch(`${env.LABRADOR_URL}/api/v1/health`);
    assert.equal(health.status, 503);
    await running.says(/Everything is ready/);
    assert.equal((await fetch(`${env.LABRADOR_URL}/api/v1/health`)).status, 200);
    assert.doesNotMatch(running.err(), /warning|error|\n +at /i);
  });

  it('refuses a second one on the same data directory, and one on the same port', async () => {
    const second = await run('start');
    assert.deepEqual([second.code, second.out], [1, '']);
    assert.match(second.err, /^A daemon "main" runs on .* already \(process \d+\)/);
    const other = await labrador({ ...env, LABRADOR_DATA: join(folder, 'other') }).run(['start']);
    assert.equal(other.code, 1);
    assert.deepEqual(
      [other.out, other.err],
      ['', `Port ${env.LABRADOR_PORT} on 127.0.0.1 is taken. Set LABRADOR_PORT to another one.\n`],
    );
    assert.deepEqual(readdirSync(folder), ['data']);
  });

  it('serves the person of a token', async () => {
    const { out } = await run('token create --user student');
    env.LABRADOR_TOKEN = out.trim().split('\n').at(-1) ?? '';
    assert.match(env.LABRADOR_TOKEN, /^lab_/);
    assert.match((await run('list')).out, /no reservations/);
    const reserved = await run('reserve tiny --minutes 30 --wait');
    assert.match(
      reserved.out,
      /^1 {2}\w+ +tiny {2}until (tomorrow )?\d\d:\d\d\nssh -p \d+ student@127.0.0.1\n {2}password: \S+\n {2}host key: ssh-ed25519 /,
    );
    assert.match(reserved.err, /^Booked\n(.*\n)*Ready\n$/);
    assert.equal(reserved.code, 0);
    const again = await run('reserve tiny --minutes 30');
    assert.equal(again.code, 1);
    assert.match(again.err, /^Your group may have one machine at a time/);
    assert.match((await run('extend 1 15')).out, /^1 /);
    assert.match((await run('shorten 1 5')).out, /^1 /);
    assert.match(
      (await run('change 1 --minutes 20')).err,
      /^Its machine is being made ready, or it has begun/,
    );
  });

  it('stops with Ctrl-C; only what somebody reserved goes on', async () => {
    assert.ok(guests() >= 1);
    assert.equal(await running?.end('SIGINT'), 0);
    assert.match(
      running?.out() ?? '',
      /Somebody has node\d: .*\n"labrador stop --guests" stops them, too.\nStopped.\n$/,
    );
    assert.equal(guests(), 1);
    assert.match(
      (await run('stop')).out,
      /^Somebody has node\d: .*\n"labrador stop --guests" .*\nStopped.\n$/,
    );
    assert.equal(guests(), 1);
  });

  it('starts again, with what was reserved, and survives being killed', async () => {
    running = labrador(env).begin('start');
    await running.says(/Everything is ready/);
    assert.doesNotMatch(running.out(), /First passwords|Building/);
    assert.match((await run('list')).out, /^1 {2}(reserved|inuse) /);
    await running.end('SIGKILL');
    running = labrador(env).begin('start', '--simulator', '1');
    await running.says(/There are 1 simulated machines/);
    await running.says(/Everything is ready/);
    assert.match((await run('connect 1')).out, /^ssh -p /);
    assert.match((await run('end 1')).out, /has ended/);
  });

  it('is stopped from elsewhere, with every guest', async () => {
    const { code, err } = await run('stop --guests');
    assert.deepEqual([code, err], [0, '']);
    assert.equal((await run('stop')).out, 'Nothing was running.\n');
    assert.equal(guests(), 0);
    assert.deepEqual(
      readdirSync(join(folder, 'data', 'images')).filter((name) => name.startsWith('staging')),
      [],
    );
  });
});
