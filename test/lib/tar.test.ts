import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listPacked, pack, readPacked } from '../../src/lib/tar.ts';

describe('lib/tar', () => {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-tar-'));
  after(() => rmSync(folder, { recursive: true }));

  it('packs what there is, for its owner alone, also beside a folder of which nothing is wanted', async () => {
    writeFileSync(join(folder, 'one'), 'first');
    const file = join(folder, 'all.tar');
    await pack(file, [
      { folder, names: ['one'] },
      { folder: tmpdir(), names: [] },
    ]);
    assert.deepEqual(await listPacked(file), ['one']);
    assert.equal(await readPacked(file, 'one'), 'first');
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });
});
