/** A revision's file, looked at without trusting it: the header only, never by a program that follows what it says. */
import { open, stat } from 'node:fs/promises';
import type { RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../src/domain/errors.ts';

export interface ImageFile {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
  readonly virtualBytes: number;
  readonly sizeBytes: number;
}

const magic = 0x514649fb;
const externalDataFile = 0x4n;

/** `unsatisfiable` when the file is missing, is not of its format, or leans on another file. */
export async function readImageFile(revision: RevisionFacts): Promise<ImageFile> {
  const { file } = revision;
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw unusable(revision, 'its file is missing');
  const sizeBytes = found.blocks * 512;
  if (revision.format === 'raw') return { file, format: 'raw', virtualBytes: found.size, sizeBytes };
  const header = await readHeader(file);
  if (header.length < 104 || header.readUInt32BE(0) !== magic)
    throw unusable(revision, 'it is no qcow2 file');
  if (header.readBigUInt64BE(8) !== 0n) throw unusable(revision, 'it names another file behind it');
  if (header.readUInt32BE(4) >= 3 && (header.readBigUInt64BE(72) & externalDataFile) !== 0n) {
    throw unusable(revision, 'it keeps its data in another file');
  }
  return { file, format: 'qcow2', virtualBytes: Number(header.readBigUInt64BE(24)), sizeBytes };
}

async function readHeader(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(104), 0, 104, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function unusable({ imageName, number }: RevisionFacts, why: string): ModuleError {
  return new ModuleError('unsatisfiable', `${imageName}-v${number} cannot be used: ${why}`);
}
