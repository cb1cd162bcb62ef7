/** What we know of a guest of ours, kept beside its disk: it outlives the daemon, and so must this. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../../src/lib/atomic-file.ts';
import type { GuestFiles } from './guest-files.ts';

const guestRecordSchema = z.object({
  /** Who wrote it last, drawn by each load: a holder that lost its task must not remove its successor's guest. */
  run: z.string(),
  phase: z.enum(['loading', 'loaded']),
  /** What its power was set to. Off though it says on: it crashed. */
  power: z.enum(['on', 'off']),
  revisionId: z.number(),
  image: z.string(),
  process: z.object({ pid: z.number(), started: z.string() }).nullable(),
  management: z.object({ host: z.string(), port: z.number() }).nullable(),
  /** How far a capture has got: it writes to a layer of its own; the system was cleaned; the file it was written to. */
  layered: z.boolean().default(false),
  sealed: z.boolean(),
  captured: z
    .object({
      file: z.string(),
      format: z.literal('qcow2').default('qcow2'),
      sizeBytes: z.number(),
      virtualBytes: z.number(),
      sha256: z.string(),
    })
    .nullable(),
});
export type GuestRecord = z.output<typeof guestRecordSchema>;

/** Null when there is no guest, or none whose record is whole. */
export async function readRecord(files: GuestFiles): Promise<GuestRecord | null> {
  const text = await readFile(files.path('record'), 'utf8').catch(() => null);
  if (text === null) return null;
  return guestRecordSchema.safeParse(JSON.parse(text)).data ?? null;
}

export async function writeRecord(files: GuestFiles, record: GuestRecord): Promise<GuestRecord> {
  await writeFileAtomic(files.path('record'), `${JSON.stringify(record)}\n`);
  return record;
}
