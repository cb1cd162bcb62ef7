import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import { randomLetters } from './secrets.ts';

/** Where things lie in a data directory. */
export interface DataDirectory {
  readonly path: string;
  readonly images: string;
  readonly pools: string;
  readonly logFile: string;
  readonly firstPasswords: string;
  /** 32 bytes; encrypts what is kept in the database. */
  readonly masterKey: Buffer;
}

/** The data directory cannot be used; the message says why, for people. */
export class DataDirectoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataDirectoryError';
  }
}

/** Makes what is missing (only its owner may enter) and reads the master key. Throws DataDirectoryError. */
export function openDataDirectory(path: string): DataDirectory {
  const folders = {
    images: join(path, 'images'),
    pools: join(path, 'pools'),
    firstPasswords: join(path, 'first-passwords'),
  };
  try {
    for (const folder of [path, join(path, 'log'), ...Object.values(folders)]) {
      makeFolder(folder);
    }
    chmodSync(path, 0o700);
    return {
      path,
      ...folders,
      logFile: join(path, 'log', 'labrador.log'),
      masterKey: masterKey(join(path, 'master.key')),
    };
  } catch (cause) {
    if (cause instanceof DataDirectoryError) throw cause;
    throw new DataDirectoryError(
      `The data directory ${path} cannot be used: ${(cause as Error).message.replace(/^E[A-Z]+: /, '')}`,
      {
        cause,
      },
    );
  }
}

/** What `recursive` would do, but that one never ends where a folder cannot be made although its parent is there (/proc). */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

function masterKey(file: string): Buffer {
  makeOnce(file, randomBytes(32));
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new DataDirectoryError(
      `${file} may be read by others: run "chmod 600 ${file}" after asking yourself who did.`,
    );
  }
  const key = readFileSync(file);
  if (key.length !== 32)
    throw new DataDirectoryError(`${file} is not a master key: it must be 32 bytes long.`);
  return key;
}

/** Writes a file that is not there yet: whole or not at all, and of two processes the first wins. */
function makeOnce(file: string, content: Buffer): void {
  if (statSync(file, { throwIfNoEntry: false })) return;
  const temporary = `${file}.${randomLetters(8)}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600, flush: true });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** What a data directory knows about itself (`place.json`). */
export interface PlaceFile {
  readonly uuid: string;
  /** The installation it belongs to; null until its first start is through. */
  readonly installation: string | null;
  /** It was copied or moved since that was written. */
  readonly elsewhere: boolean;
}

/** Reads who this data directory is; makes it up the first time. */
export async function readPlaceFile(path: string): Promise<PlaceFile> {
  const file = join(path, 'place.json');
  if (!statSync(file, { throwIfNoEntry: false })) await writePlaceFile(path, randomLetters(16), null);
  try {
    const { uuid, installation, path: written } = JSON.parse(readFileSync(file, 'utf8'));
    return { uuid, installation, elsewhere: written !== realpathSync(path) };
  } catch (cause) {
    throw new DataDirectoryError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Notes which installation the data directory belongs to, and where it is meant to lie: here, unless told. */
export async function writePlaceFile(
  path: string,
  uuid: string,
  installation: string | null,
  at = path,
): Promise<void> {
  const content = { uuid, installation, path: realpathSync(at) };
  await writeFileAtomic(join(path, 'place.json'), `${JSON.stringify(content, null, 2)}\n`);
}
