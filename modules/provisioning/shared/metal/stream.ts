/**
 * An image as bare metal takes it: made once from the revision's file, kept in the pool's folder until that file is gone.
 * The manifest says what it is, and so what it fits, before any machine is touched.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { RevisionFacts } from '../../../../src/domain/contracts/facts.ts';
import { revisionName } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { writeFileAtomic } from '../../../../src/lib/atomic-file.ts';
import { fileDigest } from '../../../../src/lib/file-digest.ts';
import { sectorBytes } from '../../../../src/lib/images/disk-sectors.ts';
import { type DiskStream, writeDiskStream } from '../../../../src/lib/images/disk-stream.ts';
import { ImageRefused } from '../../../../src/lib/images/image-refused.ts';
import { ImageBuildError } from '../../../../src/lib/images/image-tools.ts';
import { readDiskStart } from '../../../../src/lib/images/partition-table.ts';
import { createSharedWork } from '../../../../src/lib/shared-work.ts';
import { readImageFile } from '../image-file.ts';
import { checkIntact } from '../intact-image.ts';
import { metalFiles } from './metal-files.ts';
import { readJson } from './read-json.ts';

export const streamManifestSchema = z.object({
  /** `tiny-v3`. */
  image: z.string(),
  /** The revision's file it was made from, with its checksum. */
  source: z.string(),
  sourceSha256: z.string().nullable(),
  arch: z.literal('x86_64'),
  /** Which firmware can start it, as far as its first sectors tell. */
  bios: z.boolean(),
  uefi: z.boolean(),
  /** Bytes of the image, and of the smallest disk that holds it with its seed. */
  virtualBytes: z.number(),
  leastBytes: z.number(),
  /** The disk's first sectors, as they are. */
  head: z.string(),
  /** What else is used of it, compressed; `bytes` and `sha256` as it goes over the wire. */
  body: z.string(),
  /** First block and number of blocks, of 64 KB each, of the parts of the body. */
  extents: z.array(z.tuple([z.number(), z.number()])),
  bytes: z.number(),
  sha256: z.string(),
});
export type StreamManifest = z.output<typeof streamManifestSchema>;

interface StreamContext {
  readonly directory: string;
  readonly signal: AbortSignal;
}

const manifestName = 'manifest.json';
const making = createSharedWork<StreamManifest>();

/**
 * The revision's stream; the first call for a revision makes it, which takes a minute for each few GB. `unsatisfiable` when
 * the image cannot be loaded on bare metal, `node_broken` when its file is damaged, `retry` when there is no room.
 */
export async function prepareStream(
  context: StreamContext,
  revision: RevisionFacts,
): Promise<StreamManifest> {
  const folder = await folderOf(context.directory, revision);
  const work = async () => (await readStream(folder)) ?? (await make(context, revision, folder));
  return await making(folder, work, context.signal);
}

/** A stream that did not arrive as it was kept may lie damaged here: the next load makes it anew. */
export async function forgetStream(manifest: StreamManifest): Promise<void> {
  if ((await fileDigest(manifest.body).catch(() => null)) === manifest.sha256) return;
  await rm(join(dirname(manifest.body), manifestName), { force: true });
}

async function readStream(folder: string): Promise<StreamManifest | null> {
  const manifest = await readJson(join(folder, manifestName), streamManifestSchema);
  if (manifest === null) return null;
  const found = await stat(manifest.body).catch(() => null);
  return found?.size === manifest.bytes ? manifest : null;
}

/** Named after the file as it was kept; one without a checksum is known by when it was last written. */
async function folderOf(directory: string, { id, file, sha256 }: RevisionFacts): Promise<string> {
  const found = await stat(file).catch(() => null);
  const name = sha256 ?? `${id}-${found?.size}-${found?.mtimeMs}`;
  return join(metalFiles(directory).streams, name);
}

async function make(
  context: StreamContext,
  revision: RevisionFacts,
  folder: string,
): Promise<StreamManifest> {
  await dropStale(context.directory);
  const image = await readImageFile(revision);
  await checkIntact(revision);
  const work = `${folder}.${randomUUID()}.part`;
  try {
    await mkdir(work, { recursive: true, mode: 0o700 });
    const files = await writeDiskStream(image, work, { signal: context.signal });
    const manifest = await manifestOf(revision, image.virtualBytes, files, folder);
    await writeFileAtomic(join(work, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
    return manifest;
  } catch (error) {
    context.signal.throwIfAborted();
    throw streamError(revision, error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `folder`: where the files will lie. */
async function manifestOf(
  revision: RevisionFacts,
  virtualBytes: number,
  files: DiskStream,
  folder: string,
): Promise<StreamManifest> {
  const start = readDiskStart(await readFile(files.head), Math.ceil(virtualBytes / sectorBytes));
  return {
    image: revisionName(revision),
    source: revision.file,
    sourceSha256: revision.sha256,
    arch: 'x86_64',
    bios: start.bios,
    uefi: start.uefi,
    virtualBytes,
    leastBytes: start.leastSectors * sectorBytes,
    head: join(folder, basename(files.head)),
    body: join(folder, basename(files.body)),
    extents: files.extents.map(([first, blocks]) => [first, blocks]),
    bytes: (await stat(files.body)).size,
    sha256: await fileDigest(files.body),
  };
}

function streamError(revision: RevisionFacts, cause: unknown): unknown {
  const name = revisionName(revision);
  if (cause instanceof ImageRefused)
    return new ModuleError('unsatisfiable', `${name}: ${cause.message}`, { cause });
  if (cause instanceof ImageBuildError) return new ModuleError('failed', cause.message, { cause });
  if (cause instanceof ModuleError) return cause;
  return new ModuleError(
    'retry',
    `${name} could not be made ready for bare metal: ${(cause as Error).message}`,
    {
      cause,
    },
  );
}

/** Streams of images that are gone, and what a killed process left: another daemon may be at work here as well. */
async function dropStale(directory: string): Promise<void> {
  const { streams } = metalFiles(directory);
  for (const name of await readdir(streams).catch(() => [])) {
    const folder = join(streams, name);
    const needed = name.endsWith('.part') ? await isRecent(folder) : await hasSource(folder);
    if (!needed) await rm(folder, { recursive: true, force: true });
  }
}

async function isRecent(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs < 24 * 3_600_000;
}

async function hasSource(folder: string): Promise<boolean> {
  const manifest = await readJson(join(folder, manifestName), streamManifestSchema);
  return manifest !== null && (await stat(manifest.source).catch(() => null)) !== null;
}
