import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { headBytes, sectorBytes } from '../../../src/lib/images/disk-sectors.ts';
import { ImageRefused } from '../../../src/lib/images/image-refused.ts';
import {
  readDiskStart,
  withoutSeedPartition,
  withSeedPartition,
} from '../../../src/lib/images/partition-table.ts';

const megabyte = 2048;
const imageSectors = 64 * megabyte;
const diskSectors = 200 * megabyte + 77;

describe('lib/images/partition-table', () => {
  describe('MBR', () => {
    it('adds the seed as the last MB of the disk, and changes nothing else', () => {
      const head = mbr([[0x83, megabyte, 63 * megabyte]]);
      assert.deepEqual(readDiskStart(head, imageSectors), {
        table: 'mbr',
        bios: true,
        uefi: false,
        leastSectors: 65 * megabyte,
      });
      const seeded = withSeedPartition(head, diskSectors, 'test');
      assert.equal(seeded.seedSector, 199 * megabyte);
      assert.equal(seeded.tail.length, 0);
      const entry = seeded.head.subarray(446 + 16, 446 + 32);
      assert.deepEqual(
        [entry[0], entry[4], entry.readUInt32LE(8), entry.readUInt32LE(12)],
        [0, 1, 199 * megabyte, megabyte],
      );
      entry.fill(0);
      assert.ok(seeded.head.equals(head));
    });

    it('keeps within what four bytes can count, on a disk of 4 TB', () => {
      const { seedSector } = withSeedPartition(mbr([[0x83, megabyte, megabyte]]), 2 ** 33, 'test');
      assert.ok(seedSector + megabyte < 2 ** 32);
    });

    it('gives the image back that a seed was added to, as it was', () => {
      const head = mbr([[0x83, megabyte, 63 * megabyte]]);
      const seeded = withSeedPartition(head, diskSectors, 'test');
      const image = withoutSeedPartition(seeded.head, diskSectors);
      assert.equal(image.sectors, imageSectors);
      assert.equal(image.tail.length, 0);
      assert.ok(image.head.equals(head));
    });

    it('refuses four primary partitions, and no table at all', () => {
      const full = mbr([1, 2, 3, 4].map((at) => [0x83, at * megabyte, megabyte]));
      assert.throws(() => readDiskStart(full, imageSectors), refused(/four primary partitions/));
      assert.throws(
        () => readDiskStart(Buffer.alloc(headBytes), imageSectors),
        refused(/no partition table/),
      );
    });
  });

  describe('GPT', () => {
    it('adds the seed, moves the second copy to the end of the disk and seals both', () => {
      const head = gpt([['28732ac11ff8d211ba4b00a0c93ec93b', megabyte, 10 * megabyte]]);
      const start = readDiskStart(head, imageSectors);
      assert.deepEqual([start.table, start.bios, start.uefi], ['gpt', false, true]);
      const seeded = withSeedPartition(head, diskSectors, 'test');
      const disk = { first: seeded.head, last: seeded.tail };
      const tableSector = diskSectors - 33;
      assert.equal(seeded.tail.length, 33 * sectorBytes);
      assert.equal(seeded.seedSector % megabyte, 0);
      assert.ok(seeded.seedSector + megabyte <= tableSector);

      const primary = disk.first.subarray(sectorBytes, 2 * sectorBytes);
      const second = disk.last.subarray(32 * sectorBytes);
      const table = disk.first.subarray(2 * sectorBytes, 34 * sectorBytes);
      assert.ok(table.equals(disk.last.subarray(0, 32 * sectorBytes)));
      for (const header of [primary, second]) assertSealed(header, table);
      assert.deepEqual(places(primary), [1, diskSectors - 1, tableSector - 1, 2]);
      assert.deepEqual(places(second), [diskSectors - 1, 1, tableSector - 1, tableSector]);
      const entry = table.subarray(128, 256);
      assert.equal(Number(entry.readBigUInt64LE(32)), seeded.seedSector);
      assert.equal(Number(entry.readBigUInt64LE(40)), seeded.seedSector + megabyte - 1);
      assert.equal(entry.toString('utf16le', 56, 68), 'cidata');
      assert.equal(disk.first.readUInt32LE(446 + 12), diskSectors - 1, 'the protective entry');
    });

    it('needs a disk that holds the seed and the second copy behind the partitions', () => {
      const head = gpt([['28732ac11ff8d211ba4b00a0c93ec93b', megabyte, 64 * megabyte]]);
      const { leastSectors } = readDiskStart(head, imageSectors);
      assert.equal(leastSectors, 66 * megabyte + 33);
      const { seedSector } = withSeedPartition(head, leastSectors, 'test');
      assert.equal(seedSector, 65 * megabyte);
    });

    describe('without the seed again', () => {
      const efi = ['28732ac11ff8d211ba4b00a0c93ec93b', megabyte, 10 * megabyte] as const;
      const linux = ['af3dc60f838472478e793d69d8477de4', 11 * megabyte, 20 * megabyte] as const;
      const basicData = 'a2a0d0ebe5b9334487c068b6b72699c7';

      it('ends behind the last partition, with both copies sealed for that end', () => {
        const head = gpt([efi, linux]);
        const seeded = withSeedPartition(head, diskSectors, 'test');
        const image = withoutSeedPartition(seeded.head, diskSectors);
        assert.equal(image.sectors, 31 * megabyte + 33);
        assert.equal(image.tail.length, 33 * sectorBytes);

        const primary = image.head.subarray(sectorBytes, 2 * sectorBytes);
        const second = image.tail.subarray(32 * sectorBytes);
        const table = image.head.subarray(2 * sectorBytes, 34 * sectorBytes);
        assert.ok(
          table.equals(head.subarray(2 * sectorBytes, 34 * sectorBytes)),
          'the entries are as they were',
        );
        assert.ok(table.equals(image.tail.subarray(0, 32 * sectorBytes)));
        for (const header of [primary, second]) assertSealed(header, table);
        const last = image.sectors - 1;
        assert.deepEqual(places(primary), [1, last, last - 33, 2]);
        assert.deepEqual(places(second), [last, 1, last - 33, last - 32]);
        assert.equal(image.head.readUInt32LE(446 + 12), last, 'the protective entry');
        assert.deepEqual(readDiskStart(image.head, image.sectors), {
          table: 'gpt',
          bios: false,
          uefi: true,
          leastSectors: 32 * megabyte + 33,
        });
      });

      it('goes onto a disk as large as the one that it was made of, and comes off it the same', () => {
        const small = withSeedPartition(gpt([efi, linux]), 32 * megabyte + 33, 'test');
        const image = withoutSeedPartition(small.head, 32 * megabyte + 33);
        const again = withSeedPartition(image.head, 32 * megabyte + 33, 'other');
        assert.equal(again.seedSector, small.seedSector);
        assert.deepEqual(withoutSeedPartition(again.head, 32 * megabyte + 33), image);
      });

      it("leaves a partition of a person's own, whatever it is called", () => {
        const head = gpt([efi, linux, [basicData, 31 * megabyte, megabyte]]);
        head.write('cidata2', 2 * sectorBytes + 2 * 128 + 56, 'utf16le');
        const image = withoutSeedPartition(withSeedPartition(head, diskSectors, 'test').head, diskSectors);
        assert.equal(image.sectors, 32 * megabyte + 33);
        const entry = image.head.subarray(2 * sectorBytes + 2 * 128, 2 * sectorBytes + 3 * 128);
        assert.equal(entry.toString('utf16le', 56, 70), 'cidata2');
      });

      it('never makes an image that is larger than its disk', () => {
        // Grown to the last sector that the table lets it use: no whole MB is left behind it.
        const head = gpt([[linux[0], megabyte, 63 * megabyte - 33]]);
        const image = withoutSeedPartition(head, imageSectors);
        assert.equal(image.sectors, imageSectors);
        assert.deepEqual(places(image.head.subarray(sectorBytes)), [
          1,
          imageSectors - 1,
          imageSectors - 34,
          2,
        ]);
      });

      it('refuses a disk without a table, and one whose table is damaged', () => {
        const nothing = () => withoutSeedPartition(Buffer.alloc(headBytes), diskSectors);
        assert.throws(nothing, refused(/no partition table/));
        const damaged = gpt([efi]);
        damaged.write('EFI PARK', sectorBytes, 'latin1');
        assert.throws(() => withoutSeedPartition(damaged, diskSectors), refused(/damaged/));
      });
    });

    it('refuses one that is damaged or full', () => {
      const type = '28732ac11ff8d211ba4b00a0c93ec93b';
      const damaged = gpt([[type, megabyte, megabyte]]);
      damaged.writeUInt32LE(1_000_000, sectorBytes + 80);
      assert.throws(() => readDiskStart(damaged, imageSectors), refused(/damaged/));
      const full = gpt(Array.from({ length: 128 }, (_, index) => [type, (index + 1) * megabyte, megabyte]));
      assert.throws(() => readDiskStart(full, imageSectors), refused(/full/));
    });
  });
});

const refused = (message: RegExp) => (error: unknown) =>
  error instanceof ImageRefused && message.test(error.message);

/** Type, first sector and length of each partition. */
function mbr(partitions: readonly (readonly [number, number, number])[]): Buffer {
  const head = Buffer.alloc(headBytes);
  head.fill(0x90, 0, 440);
  for (const [index, [type, start, size]] of partitions.entries()) {
    head.writeUInt8(type, 446 + index * 16 + 4);
    head.writeUInt32LE(start, 446 + index * 16 + 8);
    head.writeUInt32LE(size, 446 + index * 16 + 12);
  }
  head.writeUInt16LE(0xaa55, 510);
  return head;
}

/** Type, first and number of sectors of each partition, for a disk of `imageSectors`. */
function gpt(partitions: readonly (readonly [string, number, number])[]): Buffer {
  const head = mbr([[0xee, 1, imageSectors - 1]]);
  head.fill(0, 0, 440);
  for (const [index, [type, first, size]] of partitions.entries()) {
    const entry = head.subarray(1024 + index * 128);
    entry.write(type, 0, 'hex');
    entry.writeBigUInt64LE(BigInt(first), 32);
    entry.writeBigUInt64LE(BigInt(first + size - 1), 40);
  }
  const header = head.subarray(sectorBytes);
  header.write('EFI PART', 0, 'latin1');
  header.writeUInt32LE(0x10000, 8);
  header.writeUInt32LE(92, 12);
  for (const [at, value] of [
    [24, 1],
    [32, imageSectors - 1],
    [40, 34],
    [48, imageSectors - 34],
    [72, 2],
  ] as const) {
    header.writeBigUInt64LE(BigInt(value), at);
  }
  header.writeUInt32LE(128, 80);
  header.writeUInt32LE(128, 84);
  return head;
}

function assertSealed(header: Buffer, table: Buffer): void {
  assert.equal(header.readUInt32LE(88), crc32(table));
  const unsealed = Buffer.from(header.subarray(0, 92));
  unsealed.writeUInt32LE(0, 16);
  assert.equal(header.readUInt32LE(16), crc32(unsealed));
}

const places = (header: Buffer) => [24, 32, 48, 72].map((at) => Number(header.readBigUInt64LE(at)));
