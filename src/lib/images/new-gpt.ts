/** Writes the partition table of a new disk that UEFI starts: UEFI specification 2.10, chapter 5.3. */
import { randomBytes } from 'node:crypto';
import { headBytes, sectorBytes } from './disk-sectors.ts';
import { efiSystem, type Gpt, sealGpt } from './gpt.ts';

/** The types of partitions, as their bytes lie on a disk. */
export const partitionTypes = {
  efiSystem,
  linux: Buffer.from('af3dc60f838472478e793d69d8477de4', 'hex'),
} as const;

export interface NewPartition {
  readonly type: Buffer;
  readonly name: string;
  readonly firstSector: number;
  readonly sectors: number;
}

const entries = 128;
const entryBytes = 128;
const tableSector = 2;
const headerBytes = 92;
const revision = 0x00010000;
const protective = 0xee;

/** The first sectors of such a disk, with no code for a BIOS in them, and its last. */
export function newGpt(
  partitions: readonly NewPartition[],
  diskSectors: number,
): { readonly head: Buffer; readonly tail: Buffer } {
  const table = Buffer.alloc(entries * entryBytes);
  for (const [index, partition] of partitions.entries()) entryOf(partition).copy(table, index * entryBytes);
  const gpt: Gpt = { header: emptyHeader(), table, tableSector, entryBytes, entries };
  return sealGpt(gpt, protectiveRecord(), diskSectors);
}

function entryOf({ type, name, firstSector, sectors }: NewPartition): Buffer {
  const entry = Buffer.alloc(entryBytes);
  type.copy(entry, 0);
  randomBytes(16).copy(entry, 16);
  entry.writeBigUInt64LE(BigInt(firstSector), 32);
  entry.writeBigUInt64LE(BigInt(firstSector + sectors - 1), 40);
  entry.write(name, 56, 'utf16le');
  return entry;
}

/** What is the same in both copies. */
function emptyHeader(): Buffer {
  const header = Buffer.alloc(sectorBytes);
  header.write('EFI PART', 0, 'latin1');
  header.writeUInt32LE(revision, 8);
  header.writeUInt32LE(headerBytes, 12);
  header.writeBigUInt64LE(BigInt(tableSector + (entries * entryBytes) / sectorBytes), 40);
  randomBytes(16).copy(header, 56);
  header.writeUInt32LE(entries, 80);
  header.writeUInt32LE(entryBytes, 84);
  return header;
}

/** For programs that know MBRs alone the whole disk is one partition. */
function protectiveRecord(): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt8(protective, 446 + 4);
  head.writeUInt32LE(1, 446 + 8);
  head.writeUInt16LE(0xaa55, 510);
  return head;
}
