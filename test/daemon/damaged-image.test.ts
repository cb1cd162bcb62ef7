import assert from 'node:assert/strict';
import { copyFile, mkdtemp, open as openFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';
import { tinyImage } from '../helpers/tiny-image.ts';

/** An image whose file changed on its disk after it was kept, on real guests. */
eachEngine((engine, { open }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  let folder: string;
  let image: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-damaged-'));
    image = join(folder, 'tiny.qcow2');
    await copyFile(await tinyImage(), image);
    lab = await makeRealLab(await open(), 2);
    await lab.db.knex('image_revisions').update({ file: image });
  });
  afterEach(async () => {
    await lab.close();
    await rm(folder, { recursive: true });
  });

  const damages = {
    'one bit was turned': async () => {
      const handle = await openFile(image, 'r+');
      const byte = Buffer.alloc(1);
      await handle.read(byte, 0, 1, 20_000_000);
      await handle.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 20_000_000);
      await handle.close();
    },
    'the end is missing': async () => {
      const handle = await openFile(image, 'r+');
      await handle.truncate(30_000_000);
      await handle.close();
    },
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`is loaded nowhere any more: ${what}`, async function () {
      this.timeout(120_000);
      await damage();
      await lab.startDaemon();
      const ann = await lab.person('ann');
      const { id } = await lab.services.reserve(ann, { image: 'tiny', minutes: 60 });
      await lab.reaches(ann, id, 'failed');

      const sentence = /^tiny-v1 cannot be used: its file is damaged, .*\(its checksum differs\)$/;
      assert.match((await lab.services.getReservation(ann, id)).reason ?? '', sentence);
      const admin = await lab.person('admin', { role: 'administrator' });
      const { items } = await lab.services.attention(admin);
      const texts = items.map(({ text }) => text);
      assert.ok(
        texts.some((text) => /tiny-v1 is suspended, it failed on two/.test(text)),
        texts.join('\n'),
      );
      await assert.rejects(lab.services.reserve(ann, { image: 'tiny', minutes: 60 }));
      await checkBooks(lab.db);
    });
  }
});
