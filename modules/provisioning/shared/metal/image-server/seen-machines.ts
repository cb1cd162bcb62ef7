/** Every machine that asked for a boot script, known or not: how a new one is discovered. Nothing is written to its disk. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { createQueue } from '../../../../../src/lib/queue.ts';
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
export type SeenRecord = z.output<typeof seenSchema>;

/** Whoever is on the imaging network can make up addresses: those seen longest ago make room. */
export const mostSeen = 1_000;
const inTurn = createQueue(1);

export async function noteSeen(directory: string, mac: string, told: string): Promise<void> {
  const { seen } = metalFiles(directory);
  await mkdir(seen, { recursive: true, mode: 0o700 });
  await inTurn(async () => {
    const file = join(seen, `${macFileName(mac)}.json`);
    const before = await readJson(file, seenSchema);
    if (before === null) await makeRoom(seen);
    const now = Date.now();
    const record = {
      mac,
      firstAt: before?.firstAt ?? now,
      lastAt: now,
      times: (before?.times ?? 0) + 1,
      told,
    };
    await writeFileAtomic(file, `${JSON.stringify(record)}\n`);
  });
}

/** Those that are kept, in no order. */
export async function readSeen(directory: string): Promise<SeenRecord[]> {
  const { seen } = metalFiles(directory);
  const names = await readdir(seen).catch(() => []);
  const records = await Promise.all(names.map((name) => readJson(join(seen, name), seenSchema)));
  return records.filter((record) => record !== null);
}

async function makeRoom(seen: string): Promise<void> {
  const names = await readdir(seen);
  if (names.length < mostSeen) return;
  const kept = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(seen, name))).mtimeMs })),
  );
  const [oldest] = kept.sort((a, b) => a.at - b.at);
  if (oldest) await rm(join(seen, oldest.name), { force: true });
}
