import { z } from 'zod';
import { LabError } from '../../domain/errors.ts';

/** What every backup has; images come beside them under their own names. */
export const files = { manifest: 'manifest.json', key: 'master.key', rows: 'database.jsonl.gz' } as const;

/** Below the data directory. */
export const imageFile = /^images\/\w[\w.-]*$/;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What a backup says about itself. */
export const Manifest = z.object({
  format: z.literal('labrador-backup-1'),
  /** The program that made it. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  installation: z.string().min(1),
  /** The place whose data directory it was made in, and where that lay. */
  place: z.string().min(1),
  data: z.string().min(1),
  /** The migrations that its database had. */
  schema: z.array(z.string()).min(1),
  /** The number that the next row of a table would have had; a backup of an older version has none. */
  nextIds: z.record(z.string().regex(/^[a-z_]{1,60}$/), z.number().int().positive()).default({}),
  digests: z.object({ [files.key]: digest, [files.rows]: digest }),
  images: z.array(
    z.object({
      file: z.string().regex(imageFile),
      revision: z.string(),
      sizeBytes: z.number(),
      sha256: digest.nullable(),
      included: z.boolean(),
    }),
  ),
});
export type Manifest = z.output<typeof Manifest>;

/** Every name that the archive has. */
export function namesIn({ images }: Pick<Manifest, 'images'>): string[] {
  return [...Object.values(files), ...images.filter((image) => image.included).map(({ file }) => file)];
}

/** A sentence about a backup that is not restored; nothing was changed. */
export function refused(detail: string, cause?: unknown): LabError {
  return new LabError('backup.refused', { detail: `${detail} Nothing was changed.`, cause });
}
