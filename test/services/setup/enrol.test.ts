import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../../db/connect.ts';
import { rowsOf } from '../../../db/raw-rows.ts';
import { createCipher } from '../../../src/lib/cipher.ts';
import { openDataDirectory, readPlaceFile, writePlaceFile } from '../../../src/lib/data-directory.ts';
import { createServices } from '../../../src/services/create-services.ts';
import type { ServiceDeps } from '../../../src/services/deps.ts';
import { macOf } from '../../../src/services/setup/add-nodes.ts';
import { arm, enrol } from '../../../src/services/setup/enrol.ts';
import { memoryOfOne } from '../../../src/services/setup/first-machines.ts';
import { drawFirstPasswords, forgetFirstPassword } from '../../../src/services/setup/first-people.ts';
import { eachEngine } from '../../helpers/database.ts';
import { isLabError } from '../../helpers/lab-error.ts';
import { serviceDeps } from '../../helpers/service-deps.ts';

const options = { placeName: 'here', totalMemoryMb: 16_000 };

describe('the first start', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'labrador-enrol-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));
  const directory = (name = 'data') => openDataDirectory(join(parent, name));

  eachEngine((engine, { open }) => {
    const key = randomBytes(32);
    const depsOf = (db: Database, changes: Partial<ServiceDeps> = {}) =>
      serviceDeps(db, { cipher: createCipher(key), ...changes });
    const counted = async (db: Database, table: string): Promise<number> =>
      Number(rowsOf<{ n: number }>(await db.knex.raw(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);

    it('makes an installation with people and machines, once', async () => {
      const db = await open();
      const data = directory();
      const first = await enrol(depsOf(db), data, options);
      assert.match(first.installation, /^[a-z0-9]{8}$/);
      assert.equal(first.armed, true);
      assert.deepEqual(
        first.firstPasswords.map(({ name }) => name),
        ['admin', 'imageadmin', 'student'],
      );
      const again = await enrol(depsOf(db), data, options);
      assert.deepEqual(again, { ...first, firstPasswords: [] });
      for (const [table, count] of [
        ['users', 3],
        ['pools', 1],
        ['nodes', 4],
        ['tasks', 4],
        ['images', 1],
        ['places', 1],
      ]) {
        assert.equal(await counted(db, String(table)), count, String(table));
      }
      const [node] = await db.knex('nodes').where({ name: 'node1' });
      assert.equal(node.state, 'reloading');
      assert.equal(node.mac, macOf(first.installation, 'node1'));
      assert.ok((await counted(db, 'occupancy')) >= 4 * 400);
    });

    it('gives each account its limits and a password that works until it was used', async () => {
      const db = await open();
      const data = directory();
      const { firstPasswords } = await enrol(depsOf(db), data, options);
      const deps = depsOf(db, { forgetFirstPassword: (name) => forgetFirstPassword(data, name) });
      const services = createServices(deps);
      for (const { name, password } of firstPasswords) {
        const file = join(data.firstPasswords, name);
        assert.equal(readFileSync(file, 'utf8'), `${password}\n`);
        assert.equal(statSync(file).mode & 0o777, 0o600);
        const { me } = await services.signIn({ name, password, network: '::1' });
        assert.equal(existsSync(file), false);
        if (name === 'admin') assert.deepEqual([me.role, me.limits.overlap], ['administrator', null]);
        if (name === 'student') {
          const limits = {
            initialMinutes: 240,
            totalMinutes: 360,
            extendMinutes: 60,
            overlap: 1,
            daysAhead: 7,
            upcoming: 5,
            servers: 0,
          };
          assert.deepEqual([me.role, me.limits], ['user', limits]);
        }
      }
    });

    it('may be killed before it was committed', async () => {
      const data = directory();
      await readPlaceFile(data.path);
      await drawFirstPasswords(data);
      const { armed, firstPasswords } = await enrol(depsOf(await open()), data, options);
      assert.equal(armed, true);
      for (const { name, password } of firstPasswords) {
        assert.equal(readFileSync(join(data.firstPasswords, name), 'utf8'), `${password}\n`);
      }
    });

    it('may be killed right after it was committed', async () => {
      const db = await open();
      const data = directory();
      await enrol(depsOf(db), data, options);
      const { uuid, installation } = await readPlaceFile(data.path);
      await writePlaceFile(data.path, uuid, null);
      assert.equal((await enrol(depsOf(db), data, options)).armed, true);
      assert.equal((await readPlaceFile(data.path)).installation, installation);
    });

    it('makes one installation when two begin at once', async () => {
      const first = await open();
      const second = engine === 'sqlite' ? first : await open();
      const [one, two] = await Promise.all([
        enrol(depsOf(first), directory('one'), options),
        enrol(depsOf(second), directory('two'), options),
      ]);
      assert.equal(one.installation, two.installation);
      assert.deepEqual([one.armed, two.armed].sort(), [false, true]);
      assert.equal(await counted(first, 'users'), 3);
      assert.equal(await counted(first, 'installation'), 1);
      const loser = one.armed ? 'two' : 'one';
      assert.deepEqual(readdirSync(join(parent, loser, 'first-passwords')), []);
    });

    it('is disarmed where database and data directory do not know each other, until somebody arms it', async () => {
      const db = await open();
      const deps = depsOf(db);
      await assert.rejects(arm(deps, directory(), 'here'), isLabError('not-found'));
      await enrol(deps, directory(), options);
      const stranger = directory('stranger');
      assert.equal((await enrol(deps, stranger, options)).armed, false);
      assert.equal((await enrol(deps, stranger, options)).armed, false);
      await arm(deps, stranger, 'here');
      const armed = await enrol(deps, stranger, options);
      assert.equal(armed.armed, true);
      assert.equal(await counted(db, 'nodes'), 4);
    });

    it('is disarmed where the master key is another, and cannot be armed', async () => {
      const db = await open();
      const data = directory();
      await enrol(depsOf(db), data, options);
      const other = depsOf(db, { cipher: createCipher(randomBytes(32)) });
      assert.equal((await enrol(other, data, options)).armed, false);
      await assert.rejects(arm(other, data, 'here'), /copy master.key/);
      assert.equal((await enrol(depsOf(db), data, options)).armed, true);
    });

    it('is disarmed for a fresh database beside the data directory of another', async () => {
      const data = directory();
      const { uuid } = await readPlaceFile(data.path);
      await writePlaceFile(data.path, uuid, 'another');
      assert.equal((await enrol(depsOf(await open()), data, options)).armed, false);
    });

    it('is disarmed in a copy of the data directory, whose images it takes when it is armed', async () => {
      const db = await open();
      const deps = depsOf(db);
      const first = directory();
      const { placeId } = await enrol(deps, first, options);
      const made = {
        image_id: 1,
        number: 1,
        format: 'qcow2',
        place_id: placeId,
        system: '{}',
        size_bytes: 1,
      };
      const file = join(first.images, 'tiny-v1.qcow2');
      await db.knex('image_revisions').insert({ ...made, virtual_bytes: 1, file, created_at: 1 });
      cpSync(join(parent, 'data'), join(parent, 'copy'), { recursive: true });
      const copy = directory('copy');
      assert.equal((await enrol(deps, copy, options)).armed, false);
      await arm(deps, copy, 'here');
      assert.equal((await enrol(deps, copy, options)).armed, true);
      const revision = await db.knex('image_revisions').first();
      assert.equal(revision.file, join(copy.images, 'tiny-v1.qcow2'));
    });
  });
});

describe('the memory of each of the first machines', () => {
  for (const [total, one] of [
    [1024, 256],
    [4096, 512],
    [8192, 1024],
    [64_000, 1024],
  ]) {
    it(`is ${one} MB on a computer with ${total} MB`, () => assert.equal(memoryOfOne(total ?? 0), one));
  }
});
