/**
 * The first sectors of a disk: whether it can start, and the same sectors with one more partition at the end of a larger
 * disk, for the seed. Bytes alone: nothing is mounted and no file system is looked into.
 *
 * MBR: four entries of 16 bytes at 446. GPT: UEFI specification 2.10, chapter 5 (`gpt.ts`).
 */
import {
  downToMegabyte,
  headBytes,
  type SeededDisk,
  seedSectors,
  type UnseededDisk,
  upToMegabyte,
} from './disk-sectors.ts';
import { gptWithoutSeed, gptWithSeed, hasEfiSystem, leastGptSectors, readGpt } from './gpt.ts';
import { ImageRefused } from './image-refused.ts';

const firstEntry = 446;
const entryBytes = 16;
const signature = 0xaa55;
const protective = 0xee;
/** FAT12, which a file system of one MB is. */
const seedType = 0x01;
const mostMbrSectors = 2 ** 32 - 1;

/** What the first sectors of an image say. */
export interface DiskStart {
  readonly table: 'mbr' | 'gpt';
  /** It begins with code that a BIOS starts. */
  readonly bios: boolean;
  /** It has a GPT with an EFI system partition. */
  readonly uefi: boolean;
  /** Of the smallest disk that holds it and a seed behind it. */
  readonly leastSectors: number;
}

/** Throws ImageRefused when there is no partition table, or no room in it for one more entry. */
export function readDiskStart(head: Buffer, imageSectors: number): DiskStart {
  if (head.length < headBytes || head.readUInt16LE(510) !== signature) {
    throw new ImageRefused('This image has no partition table, so a machine of its own cannot start it.');
  }
  const bios = head.subarray(0, 440).some((byte) => byte !== 0);
  if (isGpt(head)) {
    const gpt = readGpt(head);
    const least = Math.max(imageSectors, leastGptSectors(gpt));
    return { table: 'gpt', bios, uefi: hasEfiSystem(gpt), leastSectors: least };
  }
  freeEntry(head);
  return {
    table: 'mbr',
    bios,
    uefi: false,
    leastSectors: Math.max(imageSectors, upToMegabyte(lastSector(head)) + seedSectors),
  };
}

/** The image's first sectors for a disk of this size, with the seed's partition. `name` draws its id. */
export function withSeedPartition(head: Buffer, diskSectors: number, name: string): SeededDisk {
  if (isGpt(head)) return gptWithSeed(readGpt(head), head, diskSectors, name);
  const seedSector = seedSectorOf(diskSectors);
  const changed = Buffer.from(head);
  const at = firstEntry + freeEntry(head) * entryBytes;
  changed.fill(0, at, at + entryBytes);
  // Cylinders are not counted any more: the largest values say so.
  for (const place of [at + 1, at + 5]) changed.set([0xfe, 0xff, 0xff], place);
  changed.writeUInt8(seedType, at + 4);
  changed.writeUInt32LE(seedSector, at + 8);
  changed.writeUInt32LE(seedSectors, at + 12);
  return { head: changed, seedSector, tail: Buffer.alloc(0) };
}

/** The other way round: what a machine's disk of this size begins with, as an image that ends with its last partition. */
export function withoutSeedPartition(head: Buffer, diskSectors: number): UnseededDisk {
  if (head.length < headBytes || head.readUInt16LE(510) !== signature)
    throw new ImageRefused('The disk has no partition table, so that no machine could start an image of it.');
  if (isGpt(head)) return gptWithoutSeed(readGpt(head), head, diskSectors);
  const changed = Buffer.from(head);
  const seedSector = seedSectorOf(diskSectors);
  const seed = entriesOf(head).findIndex(
    ({ type, start, size }) => type === seedType && start === seedSector && size === seedSectors,
  );
  if (seed >= 0) changed.fill(0, firstEntry + seed * entryBytes, firstEntry + (seed + 1) * entryBytes);
  const sectors = upToMegabyte(lastSector(changed));
  return { head: changed, sectors: Math.min(sectors, diskSectors), tail: Buffer.alloc(0) };
}

function seedSectorOf(diskSectors: number): number {
  return downToMegabyte(Math.min(diskSectors, mostMbrSectors) - seedSectors);
}

/** Behind the last partition. */
function lastSector(head: Buffer): number {
  return Math.max(...entriesOf(head).map(({ start, size }) => start + size));
}

interface Entry {
  readonly type: number;
  readonly start: number;
  readonly size: number;
}

function entriesOf(head: Buffer): Entry[] {
  return [0, 1, 2, 3].map((index) => {
    const at = firstEntry + index * entryBytes;
    return {
      type: head.readUInt8(at + 4),
      start: head.readUInt32LE(at + 8),
      size: head.readUInt32LE(at + 12),
    };
  });
}

function isGpt(head: Buffer): boolean {
  return entriesOf(head).some(({ type }) => type === protective);
}

function freeEntry(head: Buffer): number {
  const free = entriesOf(head).findIndex(({ type }) => type === 0);
  if (free >= 0) return free;
  throw new ImageRefused('This image has four primary partitions: there is no room for the seed.');
}
