/**
 * Builds the image `tiny`: a small Linux for a student, made of Debian packages alone: cloud kernel, busybox, dropbear with
 * SFTP, sudo. Works as root and as an ordinary user, mounts nothing, and boots under SeaBIOS in seconds.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecOptions } from '../exec.ts';
import type { BuildOptions, BuiltImage } from './build-options.ts';
import { directory, link, packCpio, program } from './cpio-archive.ts';
import { dependencyOf, fetchPackages } from './debian-packages.ts';
import { requireTools, runTool } from './image-tools.ts';
import {
  copyModules,
  loadOrder,
  type ModuleNeeds,
  type ModuleTree,
  moduleFolder,
  readModuleNeeds,
} from './kernel-modules.ts';
import { convertDisk, requireDiskTools, writePartitionedDisk } from './partitioned-disk.ts';
import { fillTinyRoot, tinyPackages } from './tiny-root.ts';

const own = fileURLToPath(new URL('./tiny/', import.meta.url));
const kernel = 'linux-image-cloud-amd64';
/** The static busybox's shell runs its own commands before those that packages bring: quick, and not what people expect. */
const peoplesShell = 'busybox';
const diskModules = ['virtio_pci', 'virtio_blk'];
const guestModules = [
  ...['virtio_net', 'virtio-rng', 'virtio_console', 'button', 'evdev'],
  ...['vfat', 'isofs', 'xfs', 'btrfs', 'nls_cp437', 'nls_ascii', 'nls_utf8'],
];

/**
 * Writes `<outDir>/tiny.qcow2`; it appears under that name only when it is whole. Throws ImageBuildError when something is
 * missing here, and signal.reason when aborted.
 */
export async function buildTiny(options: BuildOptions): Promise<BuiltImage> {
  requireDiskTools();
  requireTools('apt-get', 'apt-cache', 'dpkg-deb');
  const work = await mkdtemp(join(tmpdir(), 'labrador-tiny-'));
  try {
    return await buildIn(work, options);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Where packages are kept unless told otherwise. */
function defaultCacheDir(): string {
  return join(homedir(), '.cache', 'labrador', 'packages');
}

async function buildIn(work: string, options: BuildOptions): Promise<BuiltImage> {
  const { progress = () => undefined, cacheDir = defaultCacheDir() } = options;
  const run: ExecOptions = { signal: options.signal };
  progress('fetching packages');
  const release = await unpackAll(work, cacheDir, run);
  const tree = { root: join(work, 'kernel'), release, busybox: join(work, 'root/bin/busybox') };

  progress('putting the system together');
  const needs = await readModuleNeeds(tree, run);
  await copyModules(tree, loadOrder(needs, guestModules), join(work, 'root'), run);
  await fillTinyRoot(join(work, 'root'), join(own, 'root'), run);
  await writeBootFolder(work, tree, needs);

  progress('writing the disk');
  const raw = join(work, 'disk.raw');
  const bootFiles = ['vmlinuz', 'initrd', 'syslinux.cfg'].map((name) => join(work, 'boot', name));
  await writePartitionedDisk(
    { file: raw, bootFiles, bootSize: 31, rootFolder: join(work, 'root'), rootSize: 992 },
    run,
  );
  const file = join(options.outDir, 'tiny.qcow2');
  await convertDisk(raw, file, run);
  return { file, memory: 192 };
}

async function unpackAll(work: string, cache: string, run: ExecOptions): Promise<string> {
  const image = await dependencyOf(cache, kernel, 'linux-image-', run);
  const files = await fetchPackages(cache, [image, peoplesShell, ...tinyPackages], run);
  const folders = ['kernel', 'shell'];
  await mkdir(join(work, 'root'), { mode: 0o755 });
  await Promise.all(
    files.map(async (file, index) => {
      await runTool('dpkg-deb', ['-x', file, join(work, folders[index] ?? 'root')], run);
    }),
  );
  await cp(join(work, 'shell/bin/busybox'), join(work, 'root/bin/ash'));
  await symlink('ash', join(work, 'root/bin/sh'));
  return image.replace('linux-image-', '');
}

async function writeBootFolder(work: string, tree: ModuleTree, needs: ModuleNeeds): Promise<void> {
  const boot = join(work, 'boot');
  await mkdir(boot);
  await cp(join(tree.root, 'boot', `vmlinuz-${tree.release}`), join(boot, 'vmlinuz'));
  await cp(join(own, 'syslinux.cfg'), join(boot, 'syslinux.cfg'));
  await writeFile(join(boot, 'initrd'), await packInitramfs(tree, loadOrder(needs, diskModules)));
}

async function packInitramfs(tree: ModuleTree, modules: readonly string[]): Promise<Buffer> {
  const folders = ['bin', 'dev', 'proc', 'sys', 'run', 'root', 'modules'].map(directory);
  const applets = ['sh', 'mount', 'insmod', 'usleep', 'cat', 'printf', 'dd', 'blockdev', 'switch_root'];
  const names = modules.map((path) => path.slice(path.lastIndexOf('/') + 1));
  const files = await Promise.all(modules.map((path) => readFile(join(moduleFolder(tree), path))));
  return packCpio([
    ...folders,
    program('bin/busybox', await readFile(tree.busybox)),
    ...applets.map((applet) => link(`bin/${applet}`, 'busybox')),
    ...names.map((name, index) => program(`modules/${name}`, files[index] ?? Buffer.alloc(0))),
    program('modules/order', Buffer.from(`${names.join('\n')}\n`)),
    program('init', await readFile(join(own, 'initramfs/init'))),
  ]);
}
