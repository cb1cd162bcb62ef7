/**
 * A disk that boots by itself: an MBR, a FAT partition with syslinux, kernel and initramfs, and an ext4 root partition
 * labelled `root`, which is last so that it can grow. Made without mounting anything.
 *
 * The FAT partition has the type of an EFI system partition: a boot loader under /EFI/BOOT makes the same disk boot by UEFI.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ExecOptions } from '../exec.ts';
import { ImageBuildError, requireTools, runTool, runToolAsRoot } from './image-tools.ts';

const sector = 512;
const megabyte = 1024 * 1024;
const bootStart = megabyte;
const masterBootRecord = '/usr/lib/syslinux/mbr/mbr.bin';

export interface DiskPlan {
  /** Where the raw disk is written. */
  readonly file: string;
  /** Files for the boot partition, by the path they are read from; `syslinux.cfg` is one of them. */
  readonly bootFiles: readonly string[];
  /** MB. */
  readonly bootSize: number;
  /** The folder whose content becomes the root file system. */
  readonly rootFolder: string;
  /** See runToolAsRoot; without it everything is root's. */
  readonly owners?: string;
  /** MB. */
  readonly rootSize: number;
}

interface Partition {
  readonly type: number;
  readonly active: boolean;
  /** Bytes. */
  readonly start: number;
  readonly size: number;
}

export function requireDiskTools(): void {
  requireTools('mkfs.vfat', 'mcopy', 'mke2fs', 'syslinux', 'qemu-img');
  if (process.getuid?.() !== 0) requireTools('fakeroot');
}

/** Writes a raw, sparse disk. Throws ImageBuildError when the boot code of syslinux is not installed. */
export async function writePartitionedDisk(plan: DiskPlan, options: ExecOptions): Promise<void> {
  const boot = { type: 0xef, active: true, start: bootStart, size: plan.bootSize * megabyte };
  const root = { type: 0x83, active: false, start: boot.start + boot.size, size: plan.rootSize * megabyte };
  await writeTable(plan.file, [boot, root]);
  await writeBootPartition(plan, boot, options);
  await writeRootPartition(plan, root, options);
}

/** Writes the disk as qcow2; it appears under its name only when it is whole. */
export async function convertDisk(raw: string, file: string, options: ExecOptions): Promise<void> {
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, part], options);
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

async function writeTable(file: string, partitions: readonly Partition[]): Promise<void> {
  const table = Buffer.alloc(sector);
  (await readBootCode()).copy(table, 0, 0, 440);
  randomBytes(4).copy(table, 440);
  for (const [index, partition] of partitions.entries()) {
    const at = 446 + index * 16;
    table.writeUInt8(partition.active ? 0x80 : 0, at);
    table.writeUInt8(partition.type, at + 4);
    table.writeUInt32LE(partition.start / sector, at + 8);
    table.writeUInt32LE(partition.size / sector, at + 12);
  }
  table.writeUInt16LE(0xaa55, 510);

  const disk = await open(file, 'w');
  try {
    await disk.write(table, 0, sector, 0);
    await disk.truncate(Math.max(...partitions.map((partition) => partition.start + partition.size)));
  } finally {
    await disk.close();
  }
}

async function readBootCode(): Promise<Buffer> {
  return await readFile(masterBootRecord).catch(() => {
    throw new ImageBuildError(`${masterBootRecord} is missing. Run: apt-get install syslinux-common`);
  });
}

async function writeBootPartition(plan: DiskPlan, at: Partition, options: ExecOptions): Promise<void> {
  const firstSector = String(at.start / sector);
  const blocks = String(at.size / 1024);
  const format = ['--offset', firstSector, '-h', firstSector, '-F', '16', '-n', 'BOOT', plan.file, blocks];
  await runTool('mkfs.vfat', format, options);
  await runTool('mcopy', ['-i', `${plan.file}@@${at.start}`, ...plan.bootFiles, '::'], options);
  await runTool('syslinux', ['--install', '--offset', String(at.start), plan.file], options);
}

async function writeRootPartition(plan: DiskPlan, at: Partition, options: ExecOptions): Promise<void> {
  // The kernel refuses to grow a large file system whose journal is small: one step of it would not fit in.
  const journal = `size=${Math.max(8, Math.ceil(plan.rootSize / 128))}`;
  const features = ['-t', 'ext4', '-L', 'root', '-m', '1', '-J', journal, '-O', '^metadata_csum'];
  const place = ['-E', `offset=${at.start},root_owner=0:0`, '-d', plan.rootFolder];
  await runToolAsRoot(
    'mke2fs',
    ['-q', '-F', ...features, ...place, plan.file, `${at.size / 1024}k`],
    options,
  );
}
