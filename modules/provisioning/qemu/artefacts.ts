import { readdir } from 'node:fs/promises';
import { type Artefact, parseArtefactName } from '../../../src/domain/contracts/provisioning.ts';
import type { PoolContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { boundConsoleLog } from './bound-log.ts';
import { guestFilesOf } from './guest-files.ts';
import { findQemus } from './guest-process.ts';
import { removeGuest } from './remove-guest.ts';

/**
 * Everything in the pool's folder, and every guest that was started there, though its files may be gone. Asked for often, so
 * it is also when the logs of consoles are bounded.
 */
export async function list_artefacts({ directory, signal }: PoolContext): Promise<Artefact[]> {
  signal.throwIfAborted();
  const running = await findQemus(directory);
  const folders = await readdir(directory).catch(() => []);
  for (const name of running.keys()) await boundConsoleLog(guestFilesOf(directory, name));
  return [...new Set([...folders, ...running.keys()])].map((name) => ({
    name,
    installation: null,
    nodeId: null,
    load: null,
    ...parseArtefactName(name),
    what: running.has(name) ? 'running guest' : 'disk',
  }));
}

export async function remove_artefact(
  { directory, installation, signal }: PoolContext,
  { name }: Artefact,
): Promise<void> {
  signal.throwIfAborted();
  if (parseArtefactName(name)?.installation !== installation) {
    throw new ModuleError('refused', `${name} was made by another installation: it is left alone`);
  }
  await removeGuest(guestFilesOf(directory, name));
}
