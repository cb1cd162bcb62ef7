/**
 * Builds the image `tiny`: a small Linux for a student, made of Debian packages alone: cloud kernel, busybox, dropbear with
 * SFTP, sudo. Works as root and as an ordinary user, mounts nothing, and boots under SeaBIOS in seconds; `tiny-uefi` is the
 * same for machines that start by UEFI alone.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Firmware } from '../../domain/contracts/facts.ts';
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
/** What UEFI starts (https://uapi-group.org/specifications/specs/boot_loader_specification). */
const uefiLoader = { package: 'systemd-boot-efi', file: 'usr/lib/systemd/boot/efi/systemd-bootx64.efi' };
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
export function buildTiny(options: BuildOptions): Promise<BuiltImage> {
  return build('tiny', 'bios', options);
}

/** The same as `<outDir>/tiny-uefi.qcow2`, which only UEFI can start. */
export function buildTinyUefi(options: BuildOptions): Promise<BuiltImage> {
  return build('tiny-uefi', 'uefi', options);
}

async function build(name: string, firmware: Firmware, options: BuildOptions): Promise<BuiltImage> {
  requireDiskTools(firmware);
  requireTools('apt-get', 'apt-cache', 'dpkg-deb');
  const work = await mkdtemp(join(tmpdir(), 'labrador-tiny-'));
  try {
    const raw = await buildIn(work, firmware, options);
    const file = join(options.outDir, `${name}.qcow2`);
    await convertDisk(raw, file, { signal: options.signal });
    return { file, memory: 192 };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Where packages are kept unless told otherwise. */
function defaultCacheDir(): string {
  return join(homedir(), '.cache', 'labrador', 'packages');
}

/** Returns the raw disk. */
async function buildIn(work: string, firmware: Firmware, options: BuildOptions): Promise<string> {
  const { progress = () => undefined, cacheDir = defaultCacheDir() } = options;
  const run: ExecOptions = { signal: options.signal };
  progress('fetching packages');
  const release = await unpackAll(work, firmware, cacheDir, run);
  const tree = { root: join(work, 'kernel'), release, busybox: join(work, 'root/bin/busybox') };

  progress('putting the system together');
  const needs = await readModuleNeeds(tree, run);
  await copyModules(tree, loadOrder(needs, guestModules), join(work, 'root'), run);
  await fillTinyRoot(join(work, 'root'), join(own, 'root'), run);
  const bootFiles = await writeBootFolder(work, firmware, tree, needs);

  progress('writing the disk');
  const file = join(work, 'disk.raw');
  const sizes = { bootSize: 31, rootSize: firmware === 'uefi' ? 991 : 992 };
  await writePartitionedDisk({ file, firmware, bootFiles, rootFolder: join(work, 'root'), ...sizes }, run);
  return file;
}

async function unpackAll(work: string, firmware: Firmware, cache: string, run: ExecOptions): Promise<string> {
  const image = await dependencyOf(cache, kernel, 'linux-image-', run);
  const loaders = firmware === 'uefi' ? [uefiLoader.package] : [];
  const files = await fetchPackages(cache, [image, peoplesShell, ...loaders, ...tinyPackages], run);
  const folders = ['kernel', 'shell', ...loaders.map(() => 'loader')];
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

/** Returns what belongs on the boot partition. */
async function writeBootFolder(
  work: string,
  firmware: Firmware,
  tree: ModuleTree,
  needs: ModuleNeeds,
): Promise<string[]> {
  const boot = join(work, 'boot');
  await mkdir(boot);
  await cp(join(tree.root, 'boot', `vmlinuz-${tree.release}`), join(boot, 'vmlinuz'));
  await writeFile(join(boot, 'initrd'), await packInitramfs(tree, loadOrder(needs, diskModules)));
  if (firmware === 'bios') await cp(join(own, 'syslinux.cfg'), join(boot, 'syslinux.cfg'));
  else {
    await cp(join(own, 'loader'), join(boot, 'loader'), { recursive: true });
    await cp(join(work, 'loader', uefiLoader.file), join(boot, 'EFI/BOOT/BOOTX64.EFI'));
  }
  return (await readdir(boot)).map((name) => join(boot, name));
}

async function packInitramfs(tree: ModuleTree, modules: readonly string[]): Promise<Buffer> {
  const folders = ['bin', 'dev', 'proc', 'sys', 'run', 'root', 'modules'].map(directory);
  const applets = [
    ...['sh', 'mount', 'insmod', 'usleep', 'cat', 'printf', 'dd', 'blockdev', 'switch_root'],
    ...['gzip', 'tail', 'head'],
  ];
  const names = modules.map((path) => path.slice(path.lastIndexOf('/') + 1));
  const files = await Promise.all(modules.map((path) => readFile(join(moduleFolder(tree), path))));
  return packCpio([
    ...folders,
    program('bin/busybox', await readFile(tree.busybox)),
    ...applets.map((applet) => link(`bin/${applet}`, 'busybox')),
    ...names.map((name, index) => program(`modules/${name}`, files[index] ?? Buffer.alloc(0))),
    program('modules/order', Buffer.from(`${names.join('\n')}\n`)),
    program('init', await readFile(join(own, 'initramfs/init'))),
    program('grow', await readFile(join(own, 'initramfs/grow'))),
  ]);
}
