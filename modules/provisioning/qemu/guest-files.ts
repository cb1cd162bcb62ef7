/** Where a guest's files lie: one folder for each load, named as the artefact. */
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModuleContext } from '../../../src/domain/contracts/module-context.ts';
import { artefactName } from '../../../src/domain/contracts/provisioning.ts';

/** Names inside the folder. QEMU is started in it, so that it needs no path to it, however deep that is. */
export const fileNames = {
  record: 'guest.json',
  disk: 'disk.qcow2',
  /** What is written on top of the disk while it is being captured. */
  layer: 'layer.qcow2',
  seed: 'seed.img',
  /** A capture that is not whole yet. */
  capture: 'capture.partial',
  qmp: 'qmp.sock',
  console: 'console.sock',
  consoleLog: 'console.log',
  qemuLog: 'qemu.log',
  pid: 'qemu.pid',
  /** The gateway listens here, where the pool allows the web. */
  proxy: 'proxy.sock',
  /** Leads to the network of machines that are had together; there while it is joined to one. */
  wire: 'wire.sock',
} as const;

export interface GuestFiles {
  readonly directory: string;
  readonly artefact: string;
  readonly folder: string;
  path(name: keyof typeof fileNames): string;
}

export function guestFiles({
  installation,
  directory,
  node,
}: Pick<ModuleContext, 'installation' | 'directory' | 'node'>): GuestFiles {
  return guestFilesOf(directory, artefactName(installation, node));
}

export function guestFilesOf(directory: string, artefact: string): GuestFiles {
  const folder = join(directory, artefact);
  return { directory, artefact, folder, path: (name) => join(folder, fileNames[name]) };
}

/**
 * Makes the folder. `group`: the guest's own user, which may enter it to reach the proxy's socket but neither list nor
 * change anything; null when QEMU runs as we do.
 */
export async function makeFolder({ folder }: GuestFiles, group: number | null): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (group === null) return;
  await chown(folder, 0, group);
  await chmod(folder, 0o710);
}
