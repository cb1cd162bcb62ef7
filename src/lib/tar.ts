/** Archives of files, by the program `tar`. */
import { open, rm } from 'node:fs/promises';
import { promoteFile } from './atomic-file.ts';
import { exec } from './exec.ts';

/** Images are large: what is refused is a hung disk, not a long copy. */
const timeoutMs = 24 * 3_600_000;

/** Files by their names below a folder. */
export interface Packed {
  readonly folder: string;
  readonly names: readonly string[];
}

/** Packs files into a new archive that its owner alone may read; there is no file of that name before it is whole. */
export async function pack(file: string, parts: readonly Packed[]): Promise<void> {
  const temporary = `${file}.tmp`;
  const made = await open(temporary, 'wx', 0o600);
  try {
    const named = parts
      .filter(({ names }) => names.length > 0)
      .flatMap(({ folder, names }) => ['-C', folder, ...names]);
    await exec('tar', ['--sparse', '-cf', temporary, ...named], { timeoutMs });
    await made.sync();
    await promoteFile(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await made.close();
  }
}

/** The names of what is in an archive. Rejects with ExecError when it is none, or is cut. */
export async function listPacked(file: string): Promise<string[]> {
  const { stdout } = await exec('tar', ['-tf', file], { timeoutMs });
  return stdout.split('\n').filter((name) => name !== '');
}

/** The content of one small file in an archive. */
export async function readPacked(file: string, name: string): Promise<string> {
  const { stdout } = await exec('tar', ['-xOf', file, '--occurrence=1', name], { timeoutMs });
  return stdout;
}

/** Unpacks these files into a folder. */
export async function unpack(file: string, names: readonly string[], folder: string): Promise<void> {
  const own = ['--no-same-owner', '--no-same-permissions'];
  await exec('tar', ['-xf', file, '-C', folder, ...own, ...names], { timeoutMs });
}
