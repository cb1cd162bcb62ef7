/** Looks at a disk image that somebody brought, before anything opens it as a disk. */
import { z } from 'zod';
import { ExecError, type ExecOptions } from '../exec.ts';
import { ImageRefused } from './image-refused.ts';
import { requireTools, runTool } from './image-tools.ts';
import { type ImageFormat, sniffImage } from './sniff-image.ts';

export interface ImageFile {
  readonly format: ImageFormat;
  /** Bytes of disk that a guest sees. */
  readonly virtualSize: number;
  /** Bytes it takes here. */
  readonly fileSize: number;
}

/** What a crafted image may cost: 1 GB of address space, 10 s of processor time, no file written. */
const limits = ['--as=1073741824', '--cpu=10', '--fsize=0', '--core=0'];
const largest = 16 * 1024 ** 4;

const qemuInfo = z.object({
  format: z.string(),
  'virtual-size': z.number().int().positive(),
  'actual-size': z.number().int().nonnegative(),
  encrypted: z.boolean().optional(),
  'backing-filename': z.string().optional(),
  'format-specific': z
    .object({ data: z.looseObject({ 'data-file': z.string().optional(), corrupt: z.boolean().optional() }) })
    .optional(),
});

/**
 * Says what the file is. The format comes from its first bytes and is told to qemu-img, which never guesses.
 * Throws ImageRefused for what is no disk, is another format, is encrypted or damaged, or leans on another file.
 */
export async function inspectImageFile(file: string, options: ExecOptions = {}): Promise<ImageFile> {
  requireTools('qemu-img', 'prlimit');
  const format = await sniffImage(file);
  const info = await readInfo(file, format, options);
  const specific = info['format-specific']?.data;
  if (info['backing-filename'] !== undefined) {
    throw new ImageRefused(
      'This image needs another file (a backing file). Make it whole first: qemu-img convert.',
    );
  }
  if (specific?.['data-file'] !== undefined) {
    throw new ImageRefused(
      'This image keeps its data in another file. Make it whole first: qemu-img convert.',
    );
  }
  if (info.encrypted === true) throw new ImageRefused('This image is encrypted.');
  if (specific?.corrupt === true) throw new ImageRefused('This image is marked as damaged.');
  if (info['virtual-size'] > largest) throw new ImageRefused('This image says that it is larger than 16 TB.');
  return { format, virtualSize: info['virtual-size'], fileSize: info['actual-size'] };
}

async function readInfo(
  file: string,
  format: ImageFormat,
  options: ExecOptions,
): Promise<z.infer<typeof qemuInfo>> {
  // As JSON, so that no part of a name is read as a protocol or an option.
  const node = { driver: format, file: { driver: 'file', filename: file } };
  const args = ['info', '--output=json', `json:${JSON.stringify(node)}`];
  try {
    const { stdout } = await runTool('prlimit', [...limits, '--', 'qemu-img', ...args], {
      timeoutMs: 20_000,
      ...options,
    });
    return qemuInfo.parse(JSON.parse(stdout));
  } catch (cause) {
    if (cause instanceof ExecError || cause instanceof z.ZodError) {
      throw new ImageRefused('This image is damaged: its header cannot be read.', { cause });
    }
    throw cause;
  }
}
