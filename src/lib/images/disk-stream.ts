/**
 * An image as it goes over the wire to a machine of its own: the parts of the disk that hold something, one behind the other
 * in one zstd stream, and where each belongs. What nobody used is not in it. Nothing is mounted.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ExecOptions } from '../exec.ts';
import { headBytes } from './disk-sectors.ts';
import { requireTools, runTool } from './image-tools.ts';

/** Extents are counted in blocks of so many bytes; block 0 is the disk's first sectors, which travel apart. */
export const blockBytes = headBytes;
/** First block on the disk, and number of blocks. */
export type Extent = readonly [number, number];

export interface DiskStream {
  /** The first block, as it is. */
  readonly head: string;
  readonly body: string;
  /** Where the parts of the body belong, in their order. */
  readonly extents: readonly Extent[];
}

export interface DiskImage {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
}

/** How hard zstd tries: the stream is made once and read by many. */
const level = '-9';
const longest = 60 * 60_000;
/** Every part costs the machine a process: those that lie close to each other are one, with the zeros between them. */
const mostExtents = 500;
const closeBlocks = 16;

const mapSchema = z.array(
  z.object({ start: z.number(), length: z.number(), data: z.boolean(), zero: z.boolean() }),
);

/**
 * Writes both files into `folder`, which must have room for twice the image's used bytes besides. Throws ImageBuildError
 * when qemu-utils or zstd is not installed.
 */
export async function writeDiskStream(
  image: DiskImage,
  folder: string,
  options: ExecOptions,
): Promise<DiskStream> {
  requireTools('qemu-img', 'zstd');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const run = { ...options, timeoutMs: longest };
  const file = (name: string) => join(folder, name);
  await copyPart(image, { offset: 0, size: headBytes }, file('head'), run);
  await copyPart(image, { offset: headBytes }, file('raw'), run);
  const extents = joinClose(await usedExtents(file('raw'), run));
  await pack(file('raw'), extents, file('packed'), options.signal);
  // The digest of the stream is checked: one more of what is in it would only cost time.
  await runTool('zstd', ['-q', '-T0', level, '--no-check', file('packed'), '-o', file('body.zst')], run);
  for (const name of ['raw', 'packed']) await rm(file(name));
  return { head: file('head'), body: file('body.zst'), extents };
}

interface Part {
  readonly offset: number;
  readonly size?: number;
}

/** Copies a part of the disk to a raw, sparse file. Every layer is spelt out: no format is guessed, no name followed. */
export async function copyPart(
  { file, format }: DiskImage,
  part: Part,
  to: string,
  run: ExecOptions,
): Promise<void> {
  const disk = { driver: format, ...(format === 'qcow2' ? { backing: null } : {}) };
  const source = { driver: 'raw', ...part, file: { ...disk, file: { driver: 'file', filename: file } } };
  await runTool('qemu-img', ['convert', '-O', 'raw', `json:${JSON.stringify(source)}`, to], run);
}

/** Which blocks of the disk hold something, from the file of all but its first block. */
async function usedExtents(raw: string, run: ExecOptions): Promise<Extent[]> {
  const { stdout } = await runTool('qemu-img', ['map', '-f', 'raw', '--output=json', raw], run);
  return mapSchema
    .parse(JSON.parse(stdout))
    .filter(({ data, zero }) => data && !zero)
    .map(({ start, length }) => {
      const first = Math.floor(start / blockBytes);
      return [first + 1, Math.ceil((start + length) / blockBytes) - first];
    });
}

/** Parts that overlap or lie close to each other become one, until there are few enough. */
export function joinClose(extents: readonly Extent[], close = closeBlocks): Extent[] {
  const joined: [number, number][] = [];
  for (const [first, blocks] of extents) {
    const last = joined.at(-1);
    if (last && first - (last[0] + last[1]) <= close) last[1] = Math.max(last[1], first + blocks - last[0]);
    else joined.push([first, blocks]);
  }
  return joined.length <= mostExtents ? joined : joinClose(joined, close * 2);
}

async function pack(
  raw: string,
  extents: readonly Extent[],
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [from, into] = [await open(raw, 'r'), await open(to, 'w')];
  try {
    for (const [first, blocks] of extents) {
      for (let block = first; block < first + blocks; block++) {
        signal?.throwIfAborted();
        // The last block of a disk may be short: it is filled up with zeros.
        const content = Buffer.alloc(blockBytes);
        await from.read(content, 0, blockBytes, (block - 1) * blockBytes);
        await into.write(content);
      }
    }
  } finally {
    await from.close();
    await into.close();
  }
}
