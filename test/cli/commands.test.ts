import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../../db/connect.ts';
import { createCipher } from '../../src/lib/cipher.ts';
import { openDataDirectory } from '../../src/lib/data-directory.ts';
import { createServices } from '../../src/services/create-services.ts';
import { enrol } from '../../src/services/setup/enrol.ts';
import { labrador } from '../helpers/labrador.ts';
import { serviceDeps } from '../helpers/service-deps.ts';

describe('the command line', function () {
  this.timeout(180_000);
  let folder: string;
  let env: Record<string, string>;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-commands-'));
    const data = openDataDirectory(join(folder, 'data'));
    env = { LABRADOR_DATA: data.path };
    await withDatabase(async (deps) => {
      await enrol(deps, data, { placeName: 'here', totalMemoryMb: 4096 });
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (args: readonly string[], input?: string, more = {}) =>
    labrador({ ...env, ...more }).run(args, input);

  async function withDatabase<T>(work: (deps: ReturnType<typeof serviceDeps>) => Promise<T>): Promise<T> {
    const path = join(folder, 'data');
    const db = connectDatabase(`sqlite:${join(path, 'labrador.sqlite')}`);
    await migrate(db);
    try {
      return await work(serviceDeps(db, { cipher: createCipher(openDataDirectory(path).masterKey) }));
    } finally {
      await db.close();
    }
  }

  it('makes tokens that work', async () => {
    const { code, out } = await run(['token', 'create', '--user', 'admin', '--label', 'for the tests']);
    assert.equal(code, 0);
    const token = out.trim().split('\n').at(-1) ?? '';
    const me = await withDatabase((deps) => createServices(deps).whoHasToken(token));
    assert.equal(me?.role, 'administrator');
  });

  it('sets passwords that work, and forgets the first one', async () => {
    const { code, err } = await run(['user', 'password', 'student'], 'chosen by hand\n');
    assert.deepEqual([code, err], [0, '']);
    const signIn = { name: 'student', password: 'chosen by hand', network: '::1' };
    const { me } = await withDatabase((deps) => createServices(deps).signIn(signIn));
    assert.equal(me.name, 'student');
    assert.deepEqual(readdirSync(join(folder, 'data', 'first-passwords')), ['admin', 'imageadmin']);
  });

  it('makes links and accounts', async () => {
    const { out } = await run(['user', 'link', 'admin'], '', {
      LABRADOR_PUBLIC_URL: 'https://lab.example.org/',
    });
    const link = /^https:\/\/lab\.example\.org\/sign-in\/link\/(\S+)\n$/.exec(out)?.[1] ?? '';
    const { me } = await withDatabase((deps) => createServices(deps).signInByLink(link));
    assert.equal(me.name, 'admin');
    const added = await run(['user', 'add', 'ada'], 'another long one\n');
    assert.deepEqual([added.code, added.out], [0, 'ada is in students and may sign in.\n']);
  });

  const wrong: [string, readonly string[], string, number, RegExp][] = [
    ['no such account', ['token', 'create', '--user', 'nobody'], '', 1, /^There is no account "nobody"\.\n$/],
    ['no such account', ['user', 'link', 'nobody'], '', 1, /^There is no account "nobody"\.\n$/],
    ['a short password', ['user', 'password', 'admin'], 'short\n', 1, /^password: At least 10 characters/],
    ['no password', ['user', 'password', 'admin'], '', 2, /^Expected a password in the first line/],
    ['no user', ['token', 'create'], '', 2, /required option '--user <name>'/],
    ['no such command', ['fly'], '', 2, /unknown command 'fly'/],
    ['too many machines', ['start', '--simulator', '1e9'], '', 2, /whole number from 0 to 10000/],
    ['a wrong daemon name', ['start', '--name', '../x'], '', 2, /letters, digits and hyphens/],
    ['minutes that are none', ['reserve', 'tiny', '--minutes', 'ten'], '', 2, /Expected a whole number/],
    ['an id that is none', ['connect', 'one'], '', 2, /Expected a whole number/],
    ['no token', ['list'], '', 2, /^Set LABRADOR_TOKEN/],
    ['no such image to build', ['image', 'build', 'windows'], '', 2, /Allowed choices are tiny, debian/],
    ['no such file', ['image', 'import', '/nowhere', '--name', 'x'], '', 1, /\/nowhere is not there\.\n$/],
    ['a bad image name', ['image', 'import', '/nowhere', '--name', 'A b'], '', 1, /^name: /],
  ];
  for (const [what, args, input, code, expected] of wrong) {
    it(`says in one sentence: ${what} (${args.join(' ')})`, async () => {
      const ran = await run(args, input);
      assert.equal(ran.code, code);
      assert.match(ran.err, expected);
      assert.doesNotMatch(ran.err, /^ +at /m);
      assert.equal(ran.out, '');
    });
  }

  it('names every wrong setting, and does nothing', async () => {
    const { code, err } = await run(['arm'], '', {
      LABRADOR_PORT: 'x',
      LABRADOR_DATABASE_URL: 'redis://here',
    });
    assert.equal(code, 2);
    assert.match(
      err,
      /^2 settings are wrong:\n {2}LABRADOR_PORT is "x": expected .*\n {2}LABRADOR_DATABASE_URL: expected/,
    );
  });

  it('says what cannot be used, before anything is made', async () => {
    const host = await run(['start'], '', {
      LABRADOR_HOST: 'no-such-host.invalid',
      LABRADOR_DATA: join(folder, 'new'),
    });
    assert.match(host.err, /^There is no computer called no-such-host.invalid. Set LABRADOR_HOST/);
    assert.deepEqual([host.code, host.out, readdirSync(folder)], [1, '', ['data']]);
    const data = await run(['start'], '', { LABRADOR_DATA: '/proc/nope', LABRADOR_PORT: '0' });
    assert.match(data.err, /^The data directory \/proc\/nope cannot be used: /);
  });

  it('says where nothing answers', async () => {
    const nowhere = { LABRADOR_TOKEN: 'lab_x', LABRADOR_URL: 'http://127.0.0.1:9' };
    assert.match((await run(['list'], '', nowhere)).err, /^Nothing answers at http:\/\/127\.0\.0\.1:9\./);
    const noDatabase = { LABRADOR_DATABASE_URL: 'mysql://root@127.0.0.1:9/lab' };
    assert.match(
      (await run(['migrate'], '', noDatabase)).err,
      /^The database cannot be reached \(ECONNREFUSED\)/,
    );
  });

  it('refuses files that are no images', async () => {
    const file = join(folder, 'none.img');
    writeFileSync(file, 'no image at all');
    const { code, err } = await run(['image', 'import', file, '--name', 'none']);
    assert.equal(code, 1);
    assert.match(err, /This file is not a disk image/);
    assert.deepEqual(readdirSync(join(folder, 'data', 'images')), ['images.lock']);
  });
});
