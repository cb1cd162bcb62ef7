import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../../src/lib/exec.ts';
import { blockBytes, joinClose, writeDiskStream } from '../../../src/lib/images/disk-stream.ts';

describe('lib/images/disk-stream', function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-stream-'));
  });

  after(async () => await rm(folder, { recursive: true, force: true }));

  it('has what is used of the disk and where it belongs, and nothing else (22)', async () => {
    const megabyte = 1024 ** 2;
    const raw = join(folder, 'disk.raw');
    const disk = await open(raw, 'w');
    const parts = [0, 5, 700, 2047].map((at) => ({ at: at * megabyte, content: randomBytes(200_000) }));
    for (const { at, content } of parts) await disk.write(content, 0, content.length, at);
    await disk.truncate(2048 * megabyte + 512);
    await disk.close();
    const qcow2 = join(folder, 'disk.qcow2');
    await exec('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);

    const stream = await writeDiskStream({ file: qcow2, format: 'qcow2' }, join(folder, 'stream'), {});
    assert.ok((await stat(stream.body)).size < 1_000_000);
    const used = stream.extents.reduce((sum, [, blocks]) => sum + blocks * blockBytes, 0);
    assert.ok(used < 8 * megabyte, 'gaps of less than a MB aside, only what is used');

    await exec('zstd', ['-q', '-d', stream.body, '-o', join(folder, 'body')]);
    const body = await readFile(join(folder, 'body'));
    const again = await open(join(folder, 'again.raw'), 'w');
    await again.write(await readFile(stream.head), 0, blockBytes, 0);
    let taken = 0;
    for (const [first, blocks] of stream.extents) {
      await again.write(body, taken, blocks * blockBytes, first * blockBytes);
      taken += blocks * blockBytes;
    }
    assert.equal(taken, body.length);
    await again.truncate(2048 * megabyte + 512);
    await again.close();
    await exec('cmp', [raw, join(folder, 'again.raw')]);
  });

  it('takes ever larger gaps along until the parts are few', () => {
    const scattered = Array.from({ length: 4000 }, (_, index) => [1 + index * 40, 1] as const);
    assert.deepEqual(joinClose(scattered), [[1, 3999 * 40 + 1]]);
    assert.deepEqual(
      joinClose([
        [1, 2],
        [2, 3],
        [30, 1],
      ]),
      [
        [1, 4],
        [30, 1],
      ],
    );
  });
});
