/** Fetches Debian packages into a cache folder, as any user: the system's package lists where it has some, else its own. */
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecOptions } from '../exec.ts';
import { ImageBuildError, runTool } from './image-tools.ts';

interface Wanted {
  /** As the cache names it. */
  readonly file: string;
  readonly name: string;
}

/**
 * Returns the paths of the .deb files, in the order of `names`, downloading what the cache lacks.
 * Throws ImageBuildError when this system's sources do not have them.
 */
export async function fetchPackages(
  cache: string,
  names: readonly string[],
  options: ExecOptions,
): Promise<string[]> {
  await mkdir(cache, { recursive: true });
  const lists = await usableLists(cache, names, options);
  const wanted = await planned(lists, names, options);
  const missing: string[] = [];
  for (const { file, name } of wanted) {
    if (!(await exists(join(cache, file)))) missing.push(name);
  }
  if (missing.length > 0) await download(cache, lists, wanted, missing, options);
  return wanted.map(({ file }) => join(cache, file));
}

/** What the package depends on by the given prefix: the meta package of the kernel names the real one this way. */
export async function dependencyOf(
  cache: string,
  name: string,
  prefix: string,
  options: ExecOptions,
): Promise<string> {
  const lists = await usableLists(cache, [name], options);
  const { stdout } = await runTool('apt-cache', [...lists, 'depends', '--important', name], options);
  const found = stdout.match(new RegExp(`Depends: (${prefix}\\S+)`))?.[1];
  if (found === undefined) throw new ImageBuildError(`The Debian package ${name} names no ${prefix}...`);
  return found;
}

async function usableLists(
  cache: string,
  names: readonly string[],
  options: ExecOptions,
): Promise<readonly string[]> {
  if (await knows([], names, options)) return [];
  const own = ['-o', `Dir::State::lists=${join(cache, 'lists')}`, '-o', `Dir::Cache=${join(cache, 'apt')}`];
  if (await knows(own, names, options)) return own;
  await mkdir(join(cache, 'lists', 'partial'), { recursive: true });
  await mkdir(join(cache, 'apt'), { recursive: true });
  await runTool('apt-get', [...own, '-qq', 'update'], { ...options, timeoutMs: 120_000 });
  if (await knows(own, names, options)) return own;
  throw new ImageBuildError(
    `This system's package sources lack some of: ${names.join(' ')}. Debian 12 has them all.`,
  );
}

async function knows(
  lists: readonly string[],
  names: readonly string[],
  options: ExecOptions,
): Promise<boolean> {
  return await planned(lists, names, options).then(
    (found) => found.length === names.length,
    () => false,
  );
}

async function planned(
  lists: readonly string[],
  names: readonly string[],
  options: ExecOptions,
): Promise<Wanted[]> {
  const { stdout } = await runTool(
    'apt-get',
    [...lists, '-qq', '--print-uris', 'download', ...names],
    options,
  );
  const files = [...stdout.matchAll(/^'\S+' (\S+\.deb) /gm)].map(([, file = '']) => file);
  return names.flatMap((name) => {
    const file = files.find((candidate) => candidate.startsWith(`${name}_`));
    return file === undefined ? [] : [{ file, name }];
  });
}

async function download(
  cache: string,
  lists: readonly string[],
  wanted: readonly Wanted[],
  missing: readonly string[],
  options: ExecOptions,
): Promise<void> {
  // A folder of its own: another process may be fetching the same at this moment.
  const partial = await mkdtemp(join(cache, 'partial-'));
  try {
    const args = [...lists, '-qq', 'download', ...missing];
    await runTool('apt-get', args, { ...options, cwd: partial, timeoutMs: 300_000 });
    for (const { file } of wanted.filter(({ name }) => missing.includes(name))) {
      await rename(join(partial, file), join(cache, file));
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
