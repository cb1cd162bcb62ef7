/** Writes a seed disk: a FAT file system labelled `cidata`, which cloud-init and tiny look for. */
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecOptions } from '../exec.ts';
import { requireTools, runTool } from './image-tools.ts';
import type { SeedFiles } from './seed.ts';

/** One MB, in sectors. */
const size = '2048';

/**
 * Writes the files to a raw disk image that only its owner can read, and that appears under its name when it is whole.
 * Throws ImageBuildError when mtools is not installed.
 */
export async function makeSeed(file: string, files: SeedFiles, options: ExecOptions = {}): Promise<void> {
  requireTools('mformat', 'mcopy');
  const work = await mkdtemp(join(dirname(file), '.seed-'));
  try {
    const disk = join(work, 'disk');
    const content = join(work, 'content');
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(content, path)), { recursive: true });
      await writeFile(join(content, path), text, { mode: 0o600 });
    }
    const top = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))];
    await runTool('mformat', ['-C', '-i', disk, '-T', size, '-v', 'cidata', '::'], options);
    await runTool('mcopy', ['-s', '-i', disk, ...top.map((name) => join(content, name)), '::'], options);
    await chmod(disk, 0o600);
    await rename(disk, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
