import type { ImageFormat, RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import type { ModuleContext } from '../../../src/domain/contracts/module-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';

/** The revision to work with. `unsatisfiable` when there is none, or it is in a format the module does not load. */
export function wantedRevision(
  { revision, node }: Pick<ModuleContext, 'revision' | 'node'>,
  formats: readonly ImageFormat[],
): RevisionFacts {
  if (!revision) throw new ModuleError('unsatisfiable', `No image revision was named for ${node.name}`);
  if (!formats.includes(revision.format)) {
    throw new ModuleError(
      'unsatisfiable',
      `${revision.imageName} is a ${revision.format} image, which ${node.name} cannot load`,
    );
  }
  return revision;
}
