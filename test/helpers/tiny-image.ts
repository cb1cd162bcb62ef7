import type { RevisionFacts } from '../../src/domain/contracts/facts.ts';
import { buildTiny, buildTinyUefi } from '../../src/lib/images/build-tiny.ts';
import { builtImage, revisionOf } from './built-image.ts';

/** Path of tiny.qcow2. The first call on a machine builds it, which takes some seconds. */
export function tinyImage(): Promise<string> {
  return builtImage('tiny', buildTiny);
}

/** A revision of tiny that can be loaded. */
export async function tinyRevision(): Promise<RevisionFacts> {
  return await revisionOf('tiny', await tinyImage(), 1024);
}

/** The same of tiny-uefi.qcow2, which UEFI alone can start. */
export function tinyUefiImage(): Promise<string> {
  return builtImage('tiny-uefi', buildTinyUefi);
}

export async function tinyUefiRevision(): Promise<RevisionFacts> {
  return await revisionOf('tiny-metal-uefi', await tinyUefiImage(), 1024);
}
