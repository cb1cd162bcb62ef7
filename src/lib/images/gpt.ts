/** A GUID partition table: UEFI specification 2.10, chapter 5.3. All numbers are little-endian. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  downToMegabyte,
  type SeededDisk,
  sectorBytes,
  seedSectors,
  type UnseededDisk,
  upToMegabyte,
} from './disk-sectors.ts';
import { ImageRefused } from './image-refused.ts';

export interface Gpt {
  readonly header: Buffer;
  /** All entries, whole sectors. */
  readonly table: Buffer;
  readonly tableSector: number;
  readonly entryBytes: number;
  readonly entries: number;
}

const at = {
  headerBytes: 12,
  headerCrc: 16,
  own: 24,
  other: 32,
  lastUsable: 48,
  tableSector: 72,
  entries: 80,
  entryBytes: 84,
  tableCrc: 88,
} as const;
/** The type of an EFI system partition, as its bytes lie on a disk. */
export const efiSystem = Buffer.from('28732ac11ff8d211ba4b00a0c93ec93b', 'hex');
/** Microsoft basic data: what a FAT file system is. */
const basicData = Buffer.from('a2a0d0ebe5b9334487c068b6b72699c7', 'hex');
const protective = 446;

/** Throws ImageRefused when it is damaged, larger than the held back sectors, or full. */
export function readGpt(head: Buffer): Gpt {
  const header = Buffer.from(head.subarray(sectorBytes, 2 * sectorBytes));
  const headerBytes = header.readUInt32LE(at.headerBytes);
  const tableSector = Number(header.readBigUInt64LE(at.tableSector));
  const [entries, entryBytes] = [header.readUInt32LE(at.entries), header.readUInt32LE(at.entryBytes)];
  const begin = tableSector * sectorBytes;
  const end = begin + Math.ceil((entries * entryBytes) / sectorBytes) * sectorBytes;
  const sound =
    header.toString('latin1', 0, 8) === 'EFI PART' &&
    headerBytes >= 92 &&
    headerBytes <= sectorBytes &&
    entryBytes >= 128 &&
    tableSector >= 2 &&
    end <= head.length;
  if (!sound) throw new ImageRefused('The partition table (GPT) of this image is damaged.');
  const gpt = { header, table: Buffer.from(head.subarray(begin, end)), tableSector, entryBytes, entries };
  if (freeEntry(gpt) < 0) {
    throw new ImageRefused('The partition table (GPT) of this image is full: there is no room for the seed.');
  }
  return gpt;
}

export function hasEfiSystem(gpt: Gpt): boolean {
  return entriesOf(gpt).some((entry) => entry.subarray(0, 16).equals(efiSystem));
}

/** Of the smallest disk that holds its partitions, the seed and the second copy of the table. */
export function leastGptSectors(gpt: Gpt): number {
  return upToMegabyte(lastSector(gpt)) + seedSectors + tableSectors(gpt) + 1;
}

/** Behind the last partition. */
function lastSector(gpt: Gpt): number {
  const used = entriesOf(gpt).filter((entry) => !isFree(entry));
  return Math.max(0, ...used.map((entry) => Number(entry.readBigUInt64LE(40)) + 1));
}

/** The table for a disk of this size with the seed's partition last; `name` draws that partition's id. */
export function gptWithSeed(gpt: Gpt, head: Buffer, diskSectors: number, name: string): SeededDisk {
  const seedSector = downToMegabyte(secondTableOf(gpt, diskSectors) - seedSectors);
  const table = Buffer.from(gpt.table);
  seedEntry(seedSector, name).copy(table, freeEntry(gpt) * gpt.entryBytes);
  return { seedSector, ...sealGpt({ ...gpt, table }, head, diskSectors) };
}

/** The table without that partition, for an image that ends with what is left of the disk, or sooner. */
export function gptWithoutSeed(gpt: Gpt, head: Buffer, diskSectors: number): UnseededDisk {
  const table = Buffer.from(gpt.table);
  const seed = entriesOf(gpt).findIndex(isSeed);
  if (seed >= 0) table.fill(0, seed * gpt.entryBytes, (seed + 1) * gpt.entryBytes);
  const end = upToMegabyte(lastSector({ ...gpt, table }));
  const sectors = Math.min(end + tableSectors(gpt) + 1, diskSectors);
  return { sectors, ...sealGpt({ ...gpt, table }, head, sectors) };
}

const tableSectors = ({ table }: Gpt) => table.length / sectorBytes;

/** The table as both copies of it lie on a disk of this size: in its first sectors, which else stay as they are, and its last. */
export function sealGpt(
  gpt: Gpt,
  head: Buffer,
  diskSectors: number,
): { readonly head: Buffer; readonly tail: Buffer } {
  const last = diskSectors - 1;
  const secondTable = secondTableOf(gpt, diskSectors);
  const place = (own: number, other: number, tableSector: number) =>
    headerAt(gpt, { own, other, tableSector, lastUsable: secondTable - 1 });
  const changed = Buffer.from(head);
  changed.writeUInt32LE(Math.min(last, 2 ** 32 - 1), protectiveEntry(head) + 12);
  place(1, last, gpt.tableSector).copy(changed, sectorBytes);
  gpt.table.copy(changed, gpt.tableSector * sectorBytes);
  return { head: changed, tail: Buffer.concat([gpt.table, place(last, 1, secondTable)]) };
}

function secondTableOf(gpt: Gpt, diskSectors: number): number {
  return diskSectors - 1 - tableSectors(gpt);
}

interface HeaderPlace {
  readonly own: number;
  readonly other: number;
  readonly tableSector: number;
  readonly lastUsable: number;
}

function headerAt(gpt: Gpt, place: HeaderPlace): Buffer {
  const header = Buffer.from(gpt.header);
  for (const field of ['own', 'other', 'tableSector', 'lastUsable'] as const) {
    header.writeBigUInt64LE(BigInt(place[field]), at[field]);
  }
  header.writeUInt32LE(crc32(gpt.table.subarray(0, gpt.entries * gpt.entryBytes)), at.tableCrc);
  header.writeUInt32LE(0, at.headerCrc);
  const sealed = crc32(header.subarray(0, header.readUInt32LE(at.headerBytes)));
  header.writeUInt32LE(sealed, at.headerCrc);
  return header;
}

const seedName = Buffer.from('cidata\0', 'utf16le');

function isSeed(entry: Buffer): boolean {
  return entry.subarray(0, 16).equals(basicData) && entry.subarray(56, 56 + seedName.length).equals(seedName);
}

function seedEntry(first: number, name: string): Buffer {
  const entry = Buffer.alloc(128);
  basicData.copy(entry, 0);
  createHash('sha256').update(`seed partition of ${name}`).digest().copy(entry, 16, 0, 16);
  entry.writeBigUInt64LE(BigInt(first), 32);
  entry.writeBigUInt64LE(BigInt(first + seedSectors - 1), 40);
  seedName.copy(entry, 56);
  return entry;
}

function entriesOf({ table, entries, entryBytes }: Gpt): Buffer[] {
  return Array.from({ length: entries }, (_, index) =>
    table.subarray(index * entryBytes, (index + 1) * entryBytes),
  );
}

const isFree = (entry: Buffer) => entry.subarray(0, 16).every((byte) => byte === 0);

function freeEntry(gpt: Gpt): number {
  return entriesOf(gpt).findIndex(isFree);
}

function protectiveEntry(head: Buffer): number {
  const index = [0, 1, 2, 3].find((entry) => head.readUInt8(protective + entry * 16 + 4) === 0xee) ?? 0;
  return protective + index * 16;
}
