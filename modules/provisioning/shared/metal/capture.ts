import type { Captured } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { readRecord } from './load-record.ts';
import type { Metal } from './metal.ts';

/** Not by this version: a machine of bare metal has no layer that could be cleaned in the place of its person's disk. */
export async function capture({ context }: Metal): Promise<Captured> {
  if ((await readRecord(context))?.phase !== 'loaded')
    throw new ModuleError('failed', `Nothing is loaded on ${context.node.name}: there is nothing to capture`);
  throw new ModuleError('unsupported', 'Machines of bare metal are not captured as images by this version');
}
