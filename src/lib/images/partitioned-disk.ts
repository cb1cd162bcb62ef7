/**
 * A disk that boots by itself: a FAT partition with boot loader, kernel and initramfs, and an ext4 root partition labelled
 * `root`, which is last so that it can grow. For a BIOS with an MBR and syslinux; for UEFI with a GPT, the boot loader being
 * one of the files (EFI/BOOT/BOOTX64.EFI) and nothing there that a BIOS could start. Made without mounting anything.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Firmware } from '../../domain/contracts/facts.ts';
import type { ExecOptions } from '../exec.ts';
import { sectorBytes as sector } from './disk-sectors.ts';
import { ImageBuildError, requireTools, runTool, runToolAsRoot } from './image-tools.ts';
import { newGpt, partitionTypes } from './new-gpt.ts';

const megabyte = 1024 * 1024;
const bootStart = megabyte;
/** The FAT partition's is that of an EFI system partition. */
const mbrTypes = { boot: 0xef, root: 0x83 } as const;
const masterBootRecord = '/usr/lib/syslinux/mbr/mbr.bin';

export interface DiskPlan {
  /** Where the raw disk is written. */
  readonly file: string;
  /** What starts it. */
  readonly firmware: Firmware;
  /** Files and folders for the boot partition, by the path they are read from; for a BIOS, `syslinux.cfg` is one of them. */
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
  readonly kind: 'boot' | 'root';
  /** Bytes. */
  readonly start: number;
  readonly size: number;
}

export function requireDiskTools(firmware: Firmware = 'bios'): void {
  requireTools('mkfs.vfat', 'mcopy', 'mke2fs', 'qemu-img');
  if (firmware === 'bios') requireTools('syslinux');
  if (process.getuid?.() !== 0) requireTools('fakeroot');
}

/** Writes a raw, sparse disk. Throws ImageBuildError when the boot code of syslinux is not installed. */
export async function writePartitionedDisk(plan: DiskPlan, options: ExecOptions): Promise<void> {
  const boot = { kind: 'boot', start: bootStart, size: plan.bootSize * megabyte } as const;
  const root = { kind: 'root', start: boot.start + boot.size, size: plan.rootSize * megabyte } as const;
  await writeTable(plan, [boot, root]);
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

async function writeTable({ file, firmware }: DiskPlan, partitions: readonly Partition[]): Promise<void> {
  const end = Math.max(...partitions.map(({ start, size }) => start + size));
  // The second copy of a GPT ends the disk.
  const bytes = firmware === 'uefi' ? end + megabyte : end;
  const { head, tail } =
    firmware === 'uefi' ? uefiTable(partitions, bytes) : { head: await biosTable(partitions), tail: null };
  const disk = await open(file, 'w');
  try {
    await disk.write(head, 0, head.length, 0);
    await disk.truncate(bytes);
    if (tail) await disk.write(tail, 0, tail.length, bytes - tail.length);
  } finally {
    await disk.close();
  }
}

async function biosTable(partitions: readonly Partition[]): Promise<Buffer> {
  const table = Buffer.alloc(sector);
  (await readBootCode()).copy(table, 0, 0, 440);
  randomBytes(4).copy(table, 440);
  for (const [index, { kind, start, size }] of partitions.entries()) {
    const at = 446 + index * 16;
    table.writeUInt8(kind === 'boot' ? 0x80 : 0, at);
    table.writeUInt8(mbrTypes[kind], at + 4);
    table.writeUInt32LE(start / sector, at + 8);
    table.writeUInt32LE(size / sector, at + 12);
  }
  table.writeUInt16LE(0xaa55, 510);
  return table;
}

function uefiTable(partitions: readonly Partition[], bytes: number): ReturnType<typeof newGpt> {
  const entries = partitions.map(({ kind, start, size }) => ({
    type: kind === 'boot' ? partitionTypes.efiSystem : partitionTypes.linux,
    name: kind,
    firstSector: start / sector,
    sectors: size / sector,
  }));
  return newGpt(entries, bytes / sector);
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
  await runTool('mcopy', ['-s', '-i', `${plan.file}@@${at.start}`, ...plan.bootFiles, '::'], options);
  if (plan.firmware === 'bios')
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
