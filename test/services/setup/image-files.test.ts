import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileDigest } from '../../../src/lib/file-digest.ts';
import { ImageFiles } from '../../../src/services/setup/image-files.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

describe('image files', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    afterEach(() => lab.close());

    it('keep people from a revision while they are missing, half there or others, and give it back', async () => {
      lab = await makeLab(await open());
      const admin = await lab.person('admin', { role: 'administrator' });
      const file = join(lab.directory, 'images', 'simulated-v1.img');
      writeFileSync(file, 'the image');
      const sha256 = await fileDigest(file);
      await lab.db.knex('image_revisions').update({ file, sha256, place_id: 1 });
      const files = new ImageFiles(lab.deps, 1);
      const attention = async () => {
        const { items } = await lab.services.attention(admin);
        return items.filter(({ kind }) => kind === 'revision').map(({ text }) => text);
      };
      const wait = (start?: number) =>
        lab.services.reserve(admin, { image: 'simulated', minutes: 60, ...(start ? { start } : {}) });

      assert.deepEqual(await files.look(), []);
      const early = await wait();
      renameSync(file, `${file}.elsewhere`);
      await files.look();
      const missing = 'simulated-v1 cannot be loaded: its file is missing.';
      assert.deepEqual(await attention(), [
        `${missing} Put it back on here as ${file} (SHA-256 ${sha256}); it is used again by itself.`,
      ]);
      const said = /The image file of this environment is missing on the server/;
      await assert.rejects(wait(), said);
      assert.match((await lab.services.verdict(admin, { image: 'simulated', minutes: 60 })).text, said);
      assert.match((await lab.services.getImage(admin, 'simulated')).hindrance?.text ?? '', said);
      assert.equal((await lab.services.health()).ready, false);
      const [revision] = await lab.services.listRevisions(admin, 'simulated');
      assert.deepEqual([revision?.state, revision?.suspendedBecause], ['suspended', 'its file is missing']);

      const daemon = await lab.startDaemon();
      await lab.until(async () => {
        const notices = await lab.db.knex('notices').where({ reservation_id: early.id });
        return notices.some(({ data }) => String(data).includes(missing));
      });
      assert.equal((await lab.services.getReservation(admin, early.id)).state, 'new', 'it waits');
      await daemon.stop();

      writeFileSync(file, 'another image');
      await files.look();
      assert.match((await attention()).join(), /its file is missing/, 'it may still be being copied');
      await files.look();
      assert.match((await attention()).join(), /is not the one that was kept \(its checksum differs\)/);
      rmSync(file);
      renameSync(`${file}.elsewhere`, file);
      await files.look();
      await files.look();
      assert.deepEqual(await attention(), []);
      assert.equal((await lab.services.health()).ready, true);
      await lab.startDaemon();
      await lab.reaches(admin, early.id, 'reserved');
    });
  });
});
