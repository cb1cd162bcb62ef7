import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDirectory, readPlaceFile, writePlaceFile } from '../../src/lib/data-directory.ts';

describe('the data directory', () => {
  let parent: string;
  let path: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'labrador-data-'));
    path = join(parent, 'deep', 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));
  const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

  it('is made for its owner alone, and found again', () => {
    const first = openDataDirectory(path);
    assert.equal(mode(path), '700');
    assert.equal(mode(join(path, 'master.key')), '600');
    assert.equal(first.masterKey.length, 32);
    assert.deepEqual(openDataDirectory(path), first);
  });

  it('is closed to others when it was open', () => {
    openDataDirectory(path);
    chmodSync(path, 0o755);
    openDataDirectory(path);
    assert.equal(mode(path), '700');
  });

  it('refuses a key that others may read, and one that is none', () => {
    openDataDirectory(path);
    chmodSync(join(path, 'master.key'), 0o644);
    assert.throws(() => openDataDirectory(path), /may be read by others/);
    writeFileSync(join(path, 'master.key'), 'short');
    chmodSync(join(path, 'master.key'), 0o600);
    assert.throws(() => openDataDirectory(path), /must be 32 bytes/);
  });

  it('says in a sentence why it cannot be used', () => {
    writeFileSync(join(parent, 'deep'), 'a file');
    assert.throws(() => openDataDirectory(path), /^DataDirectoryError: The data directory .* cannot be used/);
  });

  it('knows who it is, whose it is and that it was copied', async () => {
    openDataDirectory(path);
    const fresh = await readPlaceFile(path);
    assert.deepEqual(fresh, { uuid: fresh.uuid, installation: null, elsewhere: false });
    await writePlaceFile(path, fresh.uuid, 'lab1');
    assert.deepEqual(await readPlaceFile(path), { uuid: fresh.uuid, installation: 'lab1', elsewhere: false });
    const copy = join(parent, 'copy');
    cpSync(path, copy, { recursive: true });
    assert.deepEqual(await readPlaceFile(copy), { uuid: fresh.uuid, installation: 'lab1', elsewhere: true });
    assert.equal(readFileSync(join(copy, 'master.key')).length, 32);
  });
});
