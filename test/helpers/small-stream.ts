import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareStream, type StreamManifest } from '../../modules/provisioning/shared/metal/stream.ts';
import { sayingDisk } from './boot-sector.ts';
import { simulatedRevision } from './module-context.ts';

/** A raw disk of 8 MB that starts, says `disk` and halts, with one partition and a MB of noise in it. */
export async function smallImage(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'small.raw');
  const table = sayingDisk(Buffer.alloc(512));
  table.set([0x80, 0, 0, 0, 0x83], 446);
  table.writeUInt32LE(2048, 446 + 8);
  table.writeUInt32LE(7 * 2048, 446 + 12);
  const disk = await open(file, 'w');
  await disk.write(table, 0, 512, 0);
  await disk.write(randomBytes(1024 ** 2), 0, 1024 ** 2, 3 * 1024 ** 2);
  await disk.truncate(8 * 1024 ** 2);
  await disk.close();
  return file;
}

/** Its stream, which is made in a moment. */
export async function smallStream(directory: string): Promise<StreamManifest> {
  const file = await smallImage(directory);
  const revision = simulatedRevision({ imageName: 'small', number: 1, format: 'raw', file });
  return await prepareStream({ directory, signal: new AbortController().signal }, revision);
}
