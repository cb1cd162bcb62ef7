/** What lies in the person's home. */
import type { FileEntryWithStats, SFTPWrapper } from 'ssh2';
import { ask, isSftpError, openSftp, type PersonMachine, sftpStatus } from './person-files.ts';

export interface HomeEntry {
  readonly name: string;
  readonly size: number;
  readonly dir: boolean;
  /** ISO 8601, UTC. */
  readonly modified: string;
}

export interface HomeListing {
  readonly items: readonly HomeEntry[];
  /** True when there are more than are listed. */
  readonly truncated: boolean;
}

const mostEntries = 2_000;

/** Sorted by name, folders first. Hidden ones are listed too. */
export async function listHome(machine: PersonMachine): Promise<HomeListing> {
  const sftp = await openSftp(machine);
  const folder = await ask<Buffer>(machine.signal, (answer) => sftp.opendir('.', answer));
  const entries: FileEntryWithStats[] = [];
  while (entries.length <= mostEntries) {
    const more = await readMore(sftp, folder, machine.signal);
    if (!more) break;
    entries.push(...more);
  }
  const items = entries.filter(({ filename }) => filename !== '.' && filename !== '..').map(toEntry);
  return { items: items.slice(0, mostEntries).sort(byName), truncated: items.length > mostEntries };
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

function toEntry({ filename, attrs }: FileEntryWithStats): HomeEntry {
  const modified = new Date(attrs.mtime * 1_000).toISOString();
  return { name: filename, size: attrs.size, dir: attrs.isDirectory(), modified };
}

function byName(one: HomeEntry, other: HomeEntry): number {
  return Number(other.dir) - Number(one.dir) || one.name.localeCompare(other.name);
}
