/** The first thing that a machine's firmware fetches when it starts from the network: iPXE, from Debian's package. */
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fetchPackages } from './debian-packages.ts';
import { requireTools, runTool } from './image-tools.ts';

/** For a BIOS, and for a UEFI, by the cards' drivers that the firmware has. */
export const bootLoaders = { bios: 'undionly.kpxe', uefi: 'snponly.efi' } as const;

interface LoaderOptions {
  /** Each version lies in a folder of its own below. */
  readonly outDir: string;
  readonly signal?: AbortSignal;
}

/** The folder that holds them. Throws ImageBuildError when the package cannot be had. */
export async function fetchBootLoaders({ outDir, signal }: LoaderOptions): Promise<string> {
  requireTools('apt-get', 'dpkg-deb');
  const cache = join(homedir(), '.cache', 'labrador', 'packages');
  const [file = ''] = await fetchPackages(cache, ['ipxe'], { signal });
  const folder = join(outDir, basename(file, '.deb').replaceAll('%', ''));
  if (await stat(folder).catch(() => null)) return folder;
  const work = await mkdtemp(join(tmpdir(), 'labrador-ipxe-'));
  const part = `${folder}.${process.pid}.part`;
  try {
    await runTool('dpkg-deb', ['-x', file, work], { signal });
    await mkdir(part, { recursive: true });
    for (const name of Object.values(bootLoaders))
      await cp(join(work, 'usr/lib/ipxe', name), join(part, name));
    await mkdir(dirname(folder), { recursive: true });
    await rename(part, folder).catch(async (error: unknown) => {
      // Another process may have made the same in the meantime: that is as good.
      if (!(await stat(folder).catch(() => null))) throw error;
    });
    return folder;
  } finally {
    for (const left of [work, part]) await rm(left, { recursive: true, force: true });
  }
}
