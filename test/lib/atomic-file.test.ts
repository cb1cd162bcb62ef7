import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../src/lib/atomic-file.ts';

describe('writeFileAtomic', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-atomic-'));
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  it('replaces a file whole, for its owner alone unless told', async () => {
    const path = join(folder, 'file');
    await writeFileAtomic(path, 'one');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await writeFileAtomic(path, 'two', 0o644);
    assert.equal(await readFile(path, 'utf8'), 'two');
    assert.deepEqual(await readdir(folder), ['file']);
  });

  it('leaves nothing when it fails', async () => {
    const path = join(folder, 'folder');
    await mkdir(path);
    await assert.rejects(writeFileAtomic(path, 'text'));
    assert.deepEqual(await readdir(folder), ['folder']);
  });
});
