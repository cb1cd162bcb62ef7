/** Images, built once for all tests and kept while their builders' sources stay the same. */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RevisionFacts } from '../../src/domain/contracts/facts.ts';
import { fileDigest } from '../../src/lib/file-digest.ts';
import type { BuildOptions, BuiltImage } from '../../src/lib/images/build-options.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = join(root, 'src/lib/images');
const cache = join(root, 'data/test-cache');

type Build = (options: BuildOptions) => Promise<BuiltImage>;

/** Path of `<name>.qcow2`. The first call on a machine builds it. */
export async function builtImage(name: string, build: Build): Promise<string> {
  const folder = join(cache, `${name}-${await contentHash()}`);
  const file = join(folder, `${name}.qcow2`);
  if (!(await exists(file))) await buildInto(folder, build);
  return file;
}

/** A revision with that file that can be loaded. */
export async function revisionOf(imageName: string, file: string, virtualMb: number): Promise<RevisionFacts> {
  return {
    id: 5,
    imageId: 2,
    imageName,
    number: 1,
    format: 'qcow2',
    file,
    sizeBytes: (await stat(file)).size,
    virtualBytes: virtualMb * 1024 ** 2,
    sha256: await fileDigest(file),
    osModule: 'linux',
    system: {},
  };
}

async function buildInto(folder: string, build: Build): Promise<void> {
  const building = `${folder}.${process.pid}`;
  await mkdir(building, { recursive: true });
  await build({ outDir: building, cacheDir: join(cache, 'packages') });
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
