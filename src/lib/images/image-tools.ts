/** The Debian tools that make and look at images: where they are, which package brings each, and how they are run. */
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ExecOptions, type ExecResult, exec } from '../exec.ts';

const packageOf = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  depmod: 'kmod',
  'dpkg-deb': 'dpkg',
  fakeroot: 'fakeroot',
  mcopy: 'mtools',
  mformat: 'mtools',
  mke2fs: 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  mmdebstrap: 'mmdebstrap',
  newuidmap: 'uidmap',
  prlimit: 'util-linux',
  'qemu-img': 'qemu-utils',
  'qemu-system-x86_64': 'qemu-system-x86',
  syslinux: 'syslinux',
  tar: 'tar',
  unshare: 'util-linux',
  zstd: 'zstd',
} as const;

export type ImageTool = keyof typeof packageOf;

/** An image could not be made; the message is one sentence for the person who asked for it. */
export class ImageBuildError extends Error {
  override readonly name = 'ImageBuildError';
}

// An ordinary user's PATH often lacks the sbin folders, where mke2fs and mkfs.vfat are.
const path = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].filter(Boolean);

function isInstalled(tool: string): boolean {
  return path.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Throws ImageBuildError naming every missing tool with the Debian packages that bring them. */
export function requireTools(...tools: readonly ImageTool[]): void {
  const missing = tools.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => packageOf[tool]))].join(' ');
  throw new ImageBuildError(`Not installed: ${missing.join(', ')}. Run: apt-get install ${packages}`);
}

/** Runs one tool, found also in the sbin folders. */
export function runTool(
  tool: ImageTool,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const env = { ...process.env, ...options.env, PATH: path.join(':'), LC_ALL: 'C' };
  return exec(tool, args, { ...options, env });
}

/**
 * Runs one tool that sees every file as root's, so that an ordinary user can make images as well. `owners` is a file that
 * keeps what one such tool set (owner, mode) for the next.
 */
export function runToolAsRoot(
  tool: ImageTool,
  args: readonly string[],
  options: ExecOptions = {},
  owners?: string,
): Promise<ExecResult> {
  if (process.getuid?.() === 0) return runTool(tool, args, options);
  const kept = owners === undefined ? [] : [...(existsSync(owners) ? ['-i', owners] : []), '-s', owners];
  return runTool('fakeroot', [...kept, '--', tool, ...args], options);
}
