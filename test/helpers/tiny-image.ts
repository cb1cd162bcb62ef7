/** The image `tiny`, built once for all tests and kept while its builder's sources stay the same. */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RevisionFacts } from '../../src/domain/contracts/facts.ts';
import { fileDigest } from '../../src/lib/file-digest.ts';
import { buildTiny } from '../../src/lib/images/build-tiny.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(root, 'src/lib/images');
const cache = join(root, 'data/test-cache');

/** Path of tiny.qcow2. The first call on a machine builds it, which takes some seconds. */
export async function tinyImage(): Promise<string> {
  const folder = join(cache, `tiny-${await contentHash()}`);
  const file = join(folder, 'tiny.qcow2');
  if (!(await exists(file))) await buildInto(folder);
  return file;
}

/** A revision of tiny that can be loaded. */
export async function tinyRevision(): Promise<RevisionFacts> {
  const file = await tinyImage();
  return {
    id: 5,
    imageId: 2,
    imageName: 'tiny',
    number: 1,
    format: 'qcow2',
    file,
    sizeBytes: (await stat(file)).size,
    virtualBytes: 1024 ** 3,
    sha256: await fileDigest(file),
    osModule: 'linux',
    system: {},
  };
}

async function buildInto(folder: string): Promise<void> {
  const building = `${folder}.${process.pid}`;
  await mkdir(building, { recursive: true });
  await buildTiny({ outDir: building, cacheDir: join(cache, 'packages') });
  await rename(building, folder).catch(async () => await rm(building, { recursive: true, force: true }));
}

async function contentHash(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(`${relative(sources, file)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
