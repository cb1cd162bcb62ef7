import { readdir, rm } from 'node:fs/promises';
import type { ModuleContext } from '../../../src/domain/contracts/module-context.ts';
import { parseArtefactName } from '../../../src/domain/contracts/provisioning.ts';
import { forgetShells } from '../../../src/lib/ssh-shell.ts';
import { removeTap } from './bridge.ts';
import { type GuestFiles, guestFilesOf } from './guest-files.ts';
import { endQemus, findQemus } from './guest-process.ts';
import { readRecord } from './guest-record.ts';
import { endHub } from './shared-network.ts';

/** Ends a guest and removes all it has: its QEMU, whether its record knows it or not, its tap, its disk, its sockets. */
export async function removeGuest(files: GuestFiles): Promise<void> {
  const record = await readRecord(files);
  if (record?.management) forgetShells(record.management);
  await endQemus(files, record?.process);
  await endHub(files);
  await removeTap(files.artefact);
  await rm(files.folder, { recursive: true, force: true });
}

/** Removes what the node has: every load, or every other than the present one. */
export async function removeGuestsOfNode(
  { installation, directory, node }: Pick<ModuleContext, 'installation' | 'directory' | 'node'>,
  which: 'all' | 'others',
): Promise<void> {
  const names = new Set([
    ...(await readdir(directory).catch(() => [])),
    ...(await findQemus(directory)).keys(),
  ]);
  for (const name of names) {
    const parts = parseArtefactName(name);
    if (parts?.installation !== installation || parts.nodeId !== node.id) continue;
    if (which === 'all' || parts.load !== node.load) await removeGuest(guestFilesOf(directory, name));
  }
}
