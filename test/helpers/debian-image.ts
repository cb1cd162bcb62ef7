import type { RevisionFacts } from '../../src/domain/contracts/facts.ts';
import { buildDebian } from '../../src/lib/images/build-debian.ts';
import { builtImage, revisionOf } from './built-image.ts';

/** Path of debian.qcow2. The first call on a machine builds it, which takes minutes. */
export function debianImage(): Promise<string> {
  return builtImage('debian', buildDebian);
}

/** A revision of Debian that can be loaded. */
export async function debianRevision(): Promise<RevisionFacts> {
  return await revisionOf('debian', await debianImage(), 8192);
}
