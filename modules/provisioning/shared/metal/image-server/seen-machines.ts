/** Every machine that asked for a boot script, known or not: how a new one is discovered. Nothing is written to its disk. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { macFileName, metalFiles } from '../metal-files.ts';
import { readJson } from '../read-json.ts';

const seenSchema = z.object({
  mac: z.string(),
  /** Epoch milliseconds. */
  firstAt: z.number(),
  lastAt: z.number(),
  times: z.number(),
  /** What it was told: the artefact it was to load, or to start its own disk. */
  told: z.string(),
});

export async function noteSeen(directory: string, mac: string, told: string): Promise<void> {
  const { seen } = metalFiles(directory);
  await mkdir(seen, { recursive: true, mode: 0o700 });
  const file = join(seen, `${macFileName(mac)}.json`);
  const before = await readJson(file, seenSchema);
  const now = Date.now();
  const record = { mac, firstAt: before?.firstAt ?? now, lastAt: now, times: (before?.times ?? 0) + 1, told };
  await writeFileAtomic(file, `${JSON.stringify(record)}\n`);
}
