import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artefact, parseArtefactName } from '../../../../src/domain/contracts/provisioning.ts';
import type { PoolContext } from '../../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { removeJobOf } from './jobs/job.ts';
import { removeLoadFolder } from './load-record.ts';

/** The loads that the pool's folder has a record of, ours and others'. */
export async function list_artefacts({ directory, signal }: PoolContext): Promise<Artefact[]> {
  signal.throwIfAborted();
  const names = await readdir(directory).catch(() => []);
  return names.flatMap((name) => {
    const parts = parseArtefactName(name);
    return parts === null ? [] : [{ name, ...parts, what: 'record of a load' }];
  });
}

/** Forgets it, with the job it may have. Its machine is switched by those who have its node. */
export async function remove_artefact(
  { directory, installation, signal }: PoolContext,
  { name }: Artefact,
): Promise<void> {
  signal.throwIfAborted();
  if (parseArtefactName(name)?.installation !== installation)
    throw new ModuleError('refused', `${name} was made by another installation: it is left alone`);
  await removeJobOf(directory, name);
  await removeLoadFolder(join(directory, name));
}
