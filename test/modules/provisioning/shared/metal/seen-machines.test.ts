import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  mostSeen,
  noteSeen,
  readSeen,
} from '../../../../../modules/provisioning/shared/metal/image-server/seen-machines.ts';
import { metalFiles } from '../../../../../modules/provisioning/shared/metal/metal-files.ts';

describe('the machines that an image server remembers', () => {
  it('are a thousand at most: those seen longest ago make room, whatever addresses are made up', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'labrador-seen-'));
    try {
      const { seen } = metalFiles(directory);
      await mkdir(seen);
      for (let n = 0; n < mostSeen; n++) {
        const file = join(seen, `made-up-${n}.json`);
        await writeFile(file, '{}');
        await utimes(file, 2_000 + n, 2_000 + n);
      }
      await Promise.all([
        noteSeen(directory, '52:54:00:00:00:01', 'x'),
        noteSeen(directory, '52:54:00:00:00:02', 'x'),
      ]);
      await noteSeen(directory, '52:54:00:00:00:01', 'x');
      const names = await readdir(seen);
      assert.equal(names.length, mostSeen);
      assert.ok(!names.includes('made-up-0.json') && !names.includes('made-up-1.json'));
      const known = (await readSeen(directory)).map(({ mac, times }) => `${mac} ${times}`);
      assert.deepEqual(known.sort(), ['52:54:00:00:00:01 2', '52:54:00:00:00:02 1']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
