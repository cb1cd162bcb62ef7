import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { schemaOf, tableRows } from '../../../db/repositories/dump.ts';
import { findInstallation } from '../../../db/repositories/installation.ts';
import { nextIds } from '../../../db/repositories/next-ids.ts';
import { inSnapshot, type Reader } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { type DataDirectory, readPlaceFile } from '../../lib/data-directory.ts';
import { fileDigest } from '../../lib/file-digest.ts';
import { pack } from '../../lib/tar.ts';
import type { ServiceDeps } from '../deps.ts';
import { files, imageFile, type Manifest, namesIn } from './manifest.ts';

export interface BackupOptions {
  readonly file: string;
  /** Also the image files of this data directory, not only their names and digests. */
  readonly images: boolean;
}

/**
 * Writes everything the installation knows at one moment into one file that its owner alone may read: the rows of the
 * database, the master key, the images' names and digests. Others go on working meanwhile. Throws LabError.
 */
export async function backUp(
  deps: ServiceDeps,
  data: DataDirectory,
  options: BackupOptions,
): Promise<Manifest> {
  const file = resolve(options.file);
  if (existsSync(file)) {
    throw new LabError('not-allowed', { detail: `${file} is there already: give the backup another name.` });
  }
  const folder = await mkdtemp(join(dirname(file), `.${basename(file)}-`));
  try {
    await writeFile(join(folder, files.key), data.masterKey, { mode: 0o600 });
    const found = await inSnapshot(deps.db, async (reader) => {
      await writeRows(reader, join(folder, files.rows));
      const createdAt = new Date(reader.now).toISOString();
      return {
        createdAt,
        schema: await schemaOf(reader),
        nextIds: await nextIds(reader),
        images: await imagesOf(reader, data, options.images),
      };
    });
    const place = await readPlaceFile(data.path);
    const manifest: Manifest = {
      format: 'labrador-backup-1',
      version: deps.version,
      installation: (await findInstallation(deps.db))?.uuid ?? '',
      place: place.uuid,
      data: data.path,
      ...found,
      digests: {
        [files.key]: await fileDigest(join(folder, files.key)),
        [files.rows]: await fileDigest(join(folder, files.rows)),
      },
    };
    await writeFile(join(folder, files.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
    const images = namesIn(manifest).filter((name) => name.startsWith('images/'));
    await pack(file, [
      { folder, names: Object.values(files) },
      { folder: data.path, names: images },
    ]);
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One line of JSON for each piece of a table. */
async function writeRows(reader: Reader, file: string): Promise<void> {
  const lines = async function* () {
    for await (const piece of tableRows(reader)) yield `${JSON.stringify(piece)}\n`;
  };
  const target = await open(file, 'wx', 0o600);
  await pipeline(Readable.from(lines()), createGzip(), target.createWriteStream());
}

interface ImageFileRow {
  name: string;
  number: number;
  file: string;
  size_bytes: number;
  sha256: string | null;
}

/** The files of this data directory that revisions lie in. */
async function imagesOf(reader: Reader, data: DataDirectory, include: boolean): Promise<Manifest['images']> {
  const rows = await reader.rows<ImageFileRow>(
    `SELECT i.name, v.number, v.file, v.size_bytes, v.sha256 FROM image_revisions v JOIN images i ON i.id = v.image_id
       WHERE v.file <> '' ORDER BY v.id`,
  );
  const below = rows.map((row) => ({ ...row, file: relative(data.path, row.file) }));
  const ours = below.filter(({ file }) => imageFile.test(file));
  return Promise.all(
    ours.map(async ({ name, number, file, size_bytes, sha256 }) => {
      const included = include && existsSync(join(data.path, file));
      const digest = sha256 ?? (included ? await fileDigest(join(data.path, file)) : null);
      return {
        file,
        revision: `${name}-v${number}`,
        sizeBytes: Number(size_bytes),
        sha256: digest,
        included,
      };
    }),
  );
}
