/** What a file is by its own first bytes. QEMU's guess is never asked: a guest writes what a raw disk begins with. */
import { type FileHandle, open } from 'node:fs/promises';
import { ImageRefused } from './image-refused.ts';

export type ImageFormat = 'qcow2' | 'raw';

interface Signature {
  readonly name: string;
  readonly offset: number;
  readonly bytes: string;
}

const refused: readonly Signature[] = [
  { name: 'QED', offset: 0, bytes: 'QED\0' },
  { name: 'VMware (VMDK)', offset: 0, bytes: 'KDMV' },
  { name: 'VMware (VMDK)', offset: 0, bytes: 'COWD' },
  { name: 'VMware (VMDK)', offset: 0, bytes: '# Disk DescriptorFile' },
  { name: 'VirtualBox (VDI)', offset: 0x40, bytes: '\x7f\x10\xda\xbe' },
  { name: 'Hyper-V (VHDX)', offset: 0, bytes: 'vhdxfile' },
  { name: 'Hyper-V (VHD)', offset: 0, bytes: 'conectix' },
  { name: 'Parallels', offset: 0, bytes: 'WithoutFreeSpace' },
  { name: 'Parallels', offset: 0, bytes: 'WithouFreSpacExt' },
  { name: 'encrypted (LUKS)', offset: 0, bytes: 'LUKS\xba\xbe' },
  { name: 'Bochs', offset: 0, bytes: 'Bochs Virtual HD Image' },
  { name: 'gzip', offset: 0, bytes: '\x1f\x8b' },
  { name: 'xz', offset: 0, bytes: '\xfd7zXZ' },
  { name: 'bzip2', offset: 0, bytes: 'BZh' },
  { name: 'zstd', offset: 0, bytes: '\x28\xb5\x2f\xfd' },
  { name: 'zip', offset: 0, bytes: 'PK\x03\x04' },
  { name: 'macOS (DMG)', offset: 0, bytes: 'koly' },
];

/** What a raw disk shows: a partition table, or a file system on the whole of it. */
const disks: readonly Signature[] = [
  { name: 'partition table', offset: 510, bytes: '\x55\xaa' },
  { name: 'GPT', offset: 512, bytes: 'EFI PART' },
  { name: 'ext', offset: 1080, bytes: '\x53\xef' },
  { name: 'XFS', offset: 0, bytes: 'XFSB' },
  { name: 'btrfs', offset: 0x10040, bytes: '_BHRfS_M' },
];

const readAhead = 0x10048;

/** Throws ImageRefused for everything that is neither qcow2 nor a raw disk. */
export async function sniffImage(file: string): Promise<ImageFormat> {
  const head = await readHead(file);
  const has = ({ offset, bytes }: Signature) =>
    head.subarray(offset, offset + bytes.length).equals(Buffer.from(bytes, 'latin1'));
  if (has({ name: 'qcow', offset: 0, bytes: 'QFI\xfb' })) return qcowVersion(head);
  const other = refused.find(has);
  if (other !== undefined) {
    throw new ImageRefused(`This file is ${other.name}. Only qcow2 and raw disk images can be used.`);
  }
  if (!disks.some(has)) {
    throw new ImageRefused(
      'This file is not a disk image: it has no partition table and no file system that is known here.',
    );
  }
  return 'raw';
}

function qcowVersion(head: Buffer): ImageFormat {
  const version = head.length >= 8 ? head.readUInt32BE(4) : 0;
  if (version === 2 || version === 3) return 'qcow2';
  throw new ImageRefused('This file is qcow of another version than 2 and 3. Convert it to qcow2 first.');
}

async function readHead(file: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    if (!(await handle.stat()).isFile()) throw new ImageRefused('This is not a file.');
    const head = Buffer.alloc(readAhead);
    const { bytesRead } = await handle.read(head, 0, readAhead, 0);
    return head.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof ImageRefused) throw error;
    throw new ImageRefused('This file cannot be read.', { cause: error });
  } finally {
    await handle?.close();
  }
}
