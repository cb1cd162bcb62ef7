/** A disk that was read from a machine, as a file: the counterpart of `disk-stream.ts`. */
import { open } from 'node:fs/promises';
import { converse } from '../exec.ts';
import { headBytes, sectorBytes } from './disk-sectors.ts';
import { blockBytes, type Extent, joinClose } from './disk-stream.ts';
import { ImageRefused } from './image-refused.ts';
import { requireTools } from './image-tools.ts';
import { type DiskStart, readDiskStart, withoutSeedPartition } from './partition-table.ts';

/** Sectors of 512 bytes: the first, and how many. */
export type SectorRange = readonly [number, number];

/** So many blocks at most are read in one go: how far a machine is, is said between two. */
const mostBlocks = 1024;
const blockSectors = blockBytes / sectorBytes;

/** The blocks that hold these sectors, in their order: few parts, with what lies between those that are close. */
export function blocksOf(used: readonly SectorRange[]): Extent[] {
  const blocks = used
    .map(([first, sectors]): Extent => {
      const begin = Math.floor(first / blockSectors);
      return [begin, Math.ceil((first + sectors) / blockSectors) - begin];
    })
    .sort(([a], [b]) => a - b);
  return joinClose(blocks).flatMap(inParts);
}

function inParts([first, blocks]: Extent): Extent[] {
  return Array.from({ length: Math.ceil(blocks / mostBlocks) }, (_, index): Extent => {
    const done = index * mostBlocks;
    return [first + done, Math.min(mostBlocks, blocks - done)];
  });
}

export interface CapturedStream {
  /** Blocks of the disk one behind the other, as zstd packed them. */
  readonly body: string;
  readonly extents: readonly Extent[];
  readonly diskSectors: number;
}

export type CapturedDisk = DiskStart & { readonly sectors: number };

/**
 * Writes what was read to a raw, sparse file that begins and ends as an image does. Throws ImageRefused when the stream holds
 * something else than these blocks, or when no machine could start from it.
 */
export async function writeCapturedDisk(
  stream: CapturedStream,
  file: string,
  signal: AbortSignal,
): Promise<CapturedDisk> {
  requireTools('zstd');
  const disk = await open(file, 'w', 0o600);
  try {
    await unpack(stream, disk, signal);
  } finally {
    await disk.close();
  }
  return await endAsImage(file);
}

/**
 * Takes the seed's partition and what lies behind the last other one off a raw disk. Throws ImageRefused when no machine could
 * start from it.
 */
export async function endAsImage(file: string): Promise<CapturedDisk> {
  const disk = await open(file, 'r+');
  try {
    const head = Buffer.alloc(headBytes);
    await disk.read(head, 0, headBytes, 0);
    const image = withoutSeedPartition(head, (await disk.stat()).size / sectorBytes);
    await disk.truncate(image.sectors * sectorBytes);
    await disk.write(image.head, 0, image.head.length, 0);
    await disk.write(image.tail, 0, image.tail.length, image.sectors * sectorBytes - image.tail.length);
    return { ...readDiskStart(image.head, image.sectors), sectors: image.sectors };
  } finally {
    await disk.close();
  }
}

type File = Awaited<ReturnType<typeof open>>;

async function unpack(
  { body, extents, diskSectors }: CapturedStream,
  disk: File,
  signal: AbortSignal,
): Promise<void> {
  const places = placesOf(extents);
  const wanted = extents.reduce((sum, [, blocks]) => sum + blocks * blockBytes, 0);
  await disk.truncate(diskSectors * sectorBytes);
  let had = 0;
  for await (const block of blocksIn(body)) {
    signal.throwIfAborted();
    const { value: place, done } = places.next();
    if (done || block.length < blockBytes) throw new ImageRefused(unlike(had + block.length, wanted));
    had += block.length;
    // The last block of a disk may stand over its end: what does so is none of it.
    const length = Math.min(blockBytes, diskSectors * sectorBytes - place);
    if (length > 0 && block.some((byte) => byte !== 0)) await disk.write(block, 0, length, place);
  }
  if (had !== wanted) throw new ImageRefused(unlike(had, wanted));
}

function unlike(had: number, wanted: number): string {
  return `What was read of the disk is not whole: ${had} bytes of ${wanted}.`;
}

/** Where each block belongs, in bytes. */
function* placesOf(extents: readonly Extent[]): Generator<number, undefined> {
  for (const [first, blocks] of extents)
    for (let block = first; block < first + blocks; block++) yield block * blockBytes;
  return undefined;
}

/** What is packed in the file, in blocks; the last may be short. */
async function* blocksIn(body: string): AsyncGenerator<Buffer> {
  const zstd = converse('zstd', ['-dcq', body]);
  zstd.end();
  let rest: Buffer[] = [];
  let size = 0;
  for await (const chunk of zstd as AsyncIterable<Buffer>) {
    rest.push(chunk);
    size += chunk.length;
    if (size < blockBytes) continue;
    const all = Buffer.concat(rest);
    const whole = size - (size % blockBytes);
    for (let at = 0; at < whole; at += blockBytes) yield all.subarray(at, at + blockBytes);
    rest = [all.subarray(whole)];
    size -= whole;
  }
  if (size > 0) yield Buffer.concat(rest);
}
