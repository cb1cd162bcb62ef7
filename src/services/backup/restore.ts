import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { connectDatabase } from '../../../db/connect.ts';
import type { TableRows } from '../../../db/repositories/insert-rows.ts';
import { disarmCopy, isEmptyDatabase, refill, unknownMigrations } from '../../../db/repositories/restore.ts';
import { writePlaceFile } from '../../lib/data-directory.ts';
import { fileDigest } from '../../lib/file-digest.ts';
import { listPacked, readPacked, unpack } from '../../lib/tar.ts';
import { files, Manifest, namesIn, refused } from './manifest.ts';

export interface RestoreTarget {
  /** Where the data directory is made; what may be in it already is `labrador.json`. */
  readonly data: string;
  readonly databaseUrl: string;
}

/**
 * What was begun after the backup is not in it, but people have its numbers in their mails and logs: that many are left out, so
 * that no reservation has the number of another one.
 */
const gap = 10_000;

/** Unpacked beside where it goes, so that a rename brings it there. */
const staging = '.restoring';

/**
 * Makes an installation of a backup: a data directory and a database that were empty. It starts disarmed. Throws
 * LabError(backup.refused) with a sentence; nothing has changed then.
 */
export async function restore(file: string, target: RestoreTarget): Promise<Manifest> {
  await stat(file);
  const manifest = await readManifest(file);
  await requireEmpty(target);
  const folder = join(target.data, staging);
  const isNew = !existsSync(target.data);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await unpackWhole(file, manifest, folder);
    await refill(target.databaseUrl, {
      schema: manifest.schema,
      nextIds: Object.fromEntries(Object.entries(manifest.nextIds).map(([table, id]) => [table, id + gap])),
      pieces: () => readRows(join(folder, files.rows)),
      finish: (tx) =>
        disarmCopy(tx, {
          place: manifest.place,
          from: manifest.data,
          to: target.data,
          reason: lost(manifest),
        }),
    });
    await moveIn(manifest, folder, target.data);
    return manifest;
  } catch (error) {
    await rm(isNew ? target.data : folder, { recursive: true, force: true });
    throw error;
  }
}

function lost({ createdAt }: Manifest): string {
  const at = `${createdAt.slice(0, 16).replace('T', ' ')} UTC`;
  return `Labrador was restored from a backup of ${at}; the machine and what was on it are gone.`;
}

async function readManifest(file: string): Promise<Manifest> {
  let names: string[];
  let content: unknown;
  try {
    names = await listPacked(file);
    content = JSON.parse(await readPacked(file, files.manifest));
  } catch (cause) {
    throw refused(`${file} is no backup of Labrador, or was cut off.`, cause);
  }
  const { data: manifest, error } = Manifest.safeParse(content);
  if (!manifest) throw refused(`${file} is no backup that this version knows.`, error);
  const unknown = unknownMigrations(manifest.schema);
  if (unknown.length > 0) {
    throw refused(
      `${file} was made by a newer Labrador (${manifest.version}, with ${unknown[0]}): restore it with that version.`,
    );
  }
  if (namesIn(manifest).toSorted().join('\n') !== names.toSorted().join('\n'))
    throw refused(`${file} does not hold what it says it does: it was cut off or changed.`);
  return manifest;
}

async function requireEmpty({ data, databaseUrl }: RestoreTarget): Promise<void> {
  const entries = existsSync(data) ? await readdir(data) : [];
  const others = entries.filter((name) => name !== 'labrador.json' && name !== staging);
  if (others.length > 0) {
    throw refused(`${data} is not empty: name a new folder in LABRADOR_DATA.`);
  }
  if (databaseUrl.startsWith('sqlite:') && !existsSync(databaseUrl.slice('sqlite:'.length))) return;
  const db = connectDatabase(databaseUrl);
  try {
    if (!(await isEmptyDatabase(db)))
      throw refused('The database has tables already: name an empty one in LABRADOR_DATABASE_URL.');
  } finally {
    await db.close();
  }
}

/** Every file with its digest, before anything is believed. */
async function unpackWhole(file: string, manifest: Manifest, folder: string): Promise<void> {
  await unpack(file, namesIn(manifest), folder);
  const digests = {
    ...manifest.digests,
    ...Object.fromEntries(manifest.images.filter((i) => i.included).map((i) => [i.file, i.sha256])),
  };
  for (const [name, digest] of Object.entries(digests)) {
    const found = await fileDigest(join(folder, name));
    if (found !== digest) throw refused(`${name} in ${file} is damaged: its digest is another one.`);
  }
}

async function* readRows(file: string): AsyncGenerator<TableRows> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  for await (const line of lines) yield JSON.parse(line) as TableRows;
}

async function moveIn(manifest: Manifest, folder: string, data: string): Promise<void> {
  for (const name of [files.manifest, files.rows]) await rm(join(folder, name));
  await writePlaceFile(folder, manifest.place, manifest.installation, data);
  for (const name of await readdir(folder)) await rename(join(folder, name), join(data, name));
  await rm(folder, { recursive: true });
}
