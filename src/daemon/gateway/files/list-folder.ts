/** What lies in the person's home, or in a folder of it. */
import type { FileEntryWithStats, SFTPWrapper } from 'ssh2';
import { refusal } from './download.ts';
import {
  ask,
  isSftpError,
  openSftp,
  type PersonMachine,
  requireFolder,
  sftpStatus,
  statOf,
} from './person-files.ts';

export interface FolderEntry {
  readonly name: string;
  readonly size: number;
  readonly dir: boolean;
  /** It leads elsewhere; size and kind are those of what it leads to. */
  readonly link: boolean;
  /** ISO 8601, UTC. */
  readonly modified: string;
}

export interface FolderListing {
  readonly items: readonly FolderEntry[];
  /** True when there are more than are listed. */
  readonly truncated: boolean;
}

const mostEntries = 2_000;

/** Sorted by name, folders first. Hidden ones are listed too. Throws Problem when there is no such folder. */
export async function listFolder(machine: PersonMachine, path: string): Promise<FolderListing> {
  await requireFolder(machine, path);
  const sftp = await openSftp(machine);
  const { signal } = machine;
  const folder = await ask<Buffer>(signal, (answer) => sftp.opendir(path, answer)).catch(refusal);
  const entries: FileEntryWithStats[] = [];
  while (entries.length <= mostEntries) {
    const more = await readMore(sftp, folder, signal);
    if (!more) break;
    entries.push(...more.filter(({ filename }) => filename !== '.' && filename !== '..'));
  }
  const shown = entries.slice(0, mostEntries);
  const items = await Promise.all(shown.map((entry) => toEntry(sftp, path, entry, signal)));
  return { items: items.sort(byName), truncated: entries.length > mostEntries };
}

async function readMore(
  sftp: SFTPWrapper,
  folder: Buffer,
  signal: AbortSignal,
): Promise<FileEntryWithStats[] | null> {
  return await ask<FileEntryWithStats[]>(signal, (answer) => sftp.readdir(folder, answer)).catch(
    (error: unknown) => {
      if (isSftpError(error, sftpStatus.endOfFile)) return null;
      throw error;
    },
  );
}

/** A link that leads nowhere, or where the person may not look, is shown as it is. */
async function toEntry(
  sftp: SFTPWrapper,
  folder: string,
  { filename, attrs }: FileEntryWithStats,
  signal: AbortSignal,
): Promise<FolderEntry> {
  const link = attrs.isSymbolicLink();
  const target = link ? await statOf(sftp, `${folder}/${filename}`, signal).catch(() => null) : null;
  signal.throwIfAborted();
  const { size, mtime } = target ?? attrs;
  const modified = new Date(mtime * 1_000).toISOString();
  return { name: filename, size, dir: (target ?? attrs).isDirectory(), link, modified };
}

function byName(one: FolderEntry, other: FolderEntry): number {
  return Number(other.dir) - Number(one.dir) || one.name.localeCompare(other.name);
}
