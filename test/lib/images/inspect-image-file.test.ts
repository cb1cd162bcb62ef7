import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageRefused } from '../../../src/lib/images/image-refused.ts';
import { inspectImageFile } from '../../../src/lib/images/inspect-image-file.ts';

describe('lib/images/inspect-image-file', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  const create = (...args: string[]) => execFileSync('qemu-img', ['create', '-q', ...args], { cwd: folder });
  const isRefused = (name: string, reason: RegExp) =>
    assert.rejects(inspectImageFile(file(name)), (error) => {
      assert.ok(error instanceof ImageRefused);
      assert.match(error.reason, reason);
      return true;
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-inspect-'));
    create('-f', 'qcow2', 'plain.qcow2', '3M');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('takes a qcow2 file', async () => {
    const { format, virtualSize } = await inspectImageFile(file('plain.qcow2'));
    assert.deepEqual({ format, virtualSize }, { format: 'qcow2', virtualSize: 3 * 1024 * 1024 });
  });

  it('takes a raw disk with a partition table', async () => {
    const sector = Buffer.alloc(512);
    sector.writeUInt16LE(0xaa55, 510);
    await writeFile(file('disk.raw'), sector);
    await truncate(file('disk.raw'), 1024 * 1024);
    const { format, virtualSize } = await inspectImageFile(file('disk.raw'));
    assert.deepEqual({ format, virtualSize }, { format: 'raw', virtualSize: 1024 * 1024 });
  });

  it('takes names that QEMU would read as options or protocols', async () => {
    create('-f', 'qcow2', './a,b:c.qcow2', '1M');
    assert.equal((await inspectImageFile(file('a,b:c.qcow2'))).format, 'qcow2');
  });

  it('refuses a backing file, also one that is not there', async () => {
    create('-f', 'qcow2', '-b', 'plain.qcow2', '-F', 'qcow2', 'overlay.qcow2');
    await isRefused('overlay.qcow2', /backing file/);
    create('-f', 'qcow2', '-u', '-b', '/etc/shadow', '-F', 'raw', 'thief.qcow2', '1M');
    await isRefused('thief.qcow2', /backing file/);
  });

  it('refuses an external data file', async () => {
    create('-f', 'qcow2', '-o', 'data_file=outside.raw,data_file_raw=on', 'outside.qcow2', '1M');
    await isRefused('outside.qcow2', /another file/);
  });

  it('refuses an encrypted image', async () => {
    const secret = ['--object', 'secret,id=s,data=abc'];
    create(...secret, '-f', 'qcow2', '-o', 'encrypt.format=aes,encrypt.key-secret=s', 'locked.qcow2', '1M');
    await isRefused('locked.qcow2', /encrypted/);
  });

  for (const format of ['vmdk', 'vdi', 'vhdx', 'qed']) {
    it(`refuses ${format}`, async () => {
      create('-f', format, `other.${format}`, '4M');
      await isRefused(`other.${format}`, /Only qcow2 and raw/);
    });
  }

  it('refuses what is no disk', async () => {
    await writeFile(file('text'), 'hello\n'.repeat(1000));
    await isRefused('text', /not a disk image/);
    await writeFile(file('empty'), '');
    await isRefused('empty', /not a disk image/);
    await isRefused('.', /not a file/);
    await isRefused('missing', /cannot be read/);
  });

  it('refuses a damaged header', async () => {
    create('-f', 'qcow2', 'broken.qcow2', '1M');
    const handle = await open(file('broken.qcow2'), 'r+');
    await handle.write(Buffer.from([0xff, 0xff, 0xff, 0xff]), 0, 4, 20);
    await handle.close();
    await isRefused('broken.qcow2', /damaged/);
  });
});
