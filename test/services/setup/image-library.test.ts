import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../../db/connect.ts';
import { addRevision, ensureImage } from '../../../db/repositories/images.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { type DataDirectory, openDataDirectory } from '../../../src/lib/data-directory.ts';
import { exec } from '../../../src/lib/exec.ts';
import { fileDigest } from '../../../src/lib/file-digest.ts';
import { acquireImageLock } from '../../../src/lib/file-lock.ts';
import { tinyImage as tinyDescription } from '../../../src/services/setup/first-machines.ts';
import { ensureTiny, importImage } from '../../../src/services/setup/image-library.ts';
import { eachEngine } from '../../helpers/database.ts';
import { isLabError } from '../../helpers/lab-error.ts';
import { serviceDeps } from '../../helpers/service-deps.ts';
import { tinyImage } from '../../helpers/tiny-image.ts';

describe('the image library', function () {
  this.timeout(120_000);
  let folder: string;
  let data: DataDirectory;
  let tiny: string;
  before(async () => {
    tiny = await tinyImage();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-library-'));
    data = openDataDirectory(join(folder, 'data'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  eachEngine((_engine, { open }) => {
    const library = () => ({ data, placeId: 1, progress: () => undefined });
    /** Tiny is the helper that looks at others; here it lies where it was built. */
    const withTiny = async (): Promise<Database> => {
      const db = await open();
      await inTransaction(db, async (tx) => {
        const sizes = { sizeBytes: 1, virtualBytes: 1, sha256: null, system: {} };
        const revision = { number: 1, format: 'qcow2', placeId: 1, file: tiny, ...sizes } as const;
        await addRevision(tx, await ensureImage(tx, tinyDescription), revision);
      });
      return db;
    };

    it('takes an image, says what it has, and keeps it whole and unchangeable', async () => {
      const db = await withTiny();
      const deps = serviceDeps(db);
      mkdirSync(join(data.images, 'staging-of-a-killed-one'));
      writeFileSync(join(data.images, 'mine-v1.qcow2'), 'what a killed one left');
      const request = { file: tiny, name: 'mine', title: 'My image' };
      const first = await importImage(deps, library(), request);
      assert.deepEqual([first.revision, first.system.init, first.system.hasSudo], [1, 'busybox', true]);
      const kept = join(data.images, 'mine-v1.qcow2');
      const [row] = await db.knex('image_revisions').where({ file: kept });
      assert.equal(row.sha256, await fileDigest(tiny));
      assert.equal(statSync(kept).mode & 0o222, 0);
      assert.deepEqual(readdirSync(data.images).sort(), ['images.lock', 'mine-v1.qcow2']);

      const image = await db.knex('images').where({ name: 'mine' }).first();
      assert.equal(image.production_revision_id, row.id);
      assert.equal(image.disk_mb * 1024 ** 2, Number(row.virtual_bytes));
      assert.equal((await importImage(deps, library(), request)).revision, 2);
      assert.equal(await ensureTiny(deps, library()), null);
    });

    it('has idle machines that hold the image loaded anew, and no others', async () => {
      const db = await withTiny();
      const at = { created_at: 0, state_at: 0, cpus: 1, memory_mb: 1, disk_mb: 1, host_keys: '[]' };
      const node = (id: number, state: string, tainted = 0) => ({
        ...{
          id,
          name: `n${id}`,
          mac: `02:${id}`,
          pool_id: 1,
          place_id: 1,
          preferred_image_id: 2,
          state,
          tainted,
          ...at,
        },
      });
      await db.knex('nodes').insert([node(1, 'available'), node(2, 'inuse'), node(3, 'available', 1)]);
      await importImage(serviceDeps(db), library(), { file: tiny, name: 'mine', title: 'Mine' });
      const tasks = await db.knex('tasks').select('action', 'node_id');
      assert.deepEqual(
        tasks.map((task) => ({ ...task })),
        [{ action: 'reload', node_id: 1 }],
      );
    });

    it('leaves nothing of what it refuses', async () => {
      const db = await withTiny();
      const deps = serviceDeps(db);
      const file = (name: string) => join(folder, name);
      writeFileSync(file('text'), 'not a disk');
      copyFileSync(tiny, file('base.qcow2'));
      const create = [
        'create',
        '-q',
        '-f',
        'qcow2',
        '-F',
        'qcow2',
        '-b',
        file('base.qcow2'),
        file('leaning'),
      ];
      await exec('qemu-img', create);
      for (const name of ['text', 'leaning', 'nowhere']) {
        await assert.rejects(importImage(deps, library(), { file: file(name), name: 'bad', title: 'Bad' }));
      }
      const named = importImage(deps, library(), { file: tiny, name: '../bad', title: 'Bad' });
      await assert.rejects(named, isLabError('input.invalid', 'name'));
      assert.deepEqual(readdirSync(data.images), ['images.lock']);
      assert.equal((await db.knex('images')).length, 1);
    });

    it('adds one at a time', async () => {
      const db = await withTiny();
      const lock = acquireImageLock(data.images);
      const second = importImage(serviceDeps(db), library(), { file: tiny, name: 'mine', title: 'Mine' });
      await assert.rejects(second, /Another image is being built or imported \(process \d+\)/);
      lock.release();
    });
  });
});
