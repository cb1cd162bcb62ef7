/**
 * A guest's second card, where its pool lets it reach everything: a tap in a bridge that the operator made. The first card
 * stays what it always is: the restricted network by which we manage the guest and people are let in.
 */
import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { ExecError, exec } from '../../../src/lib/exec.ts';
import { guestFiles } from './guest-files.ts';
import type { QemuSettings } from './settings.ts';

/** The tap's name, of the 15 characters that Linux allows: found again by the artefact's name alone. */
export function tapName(artefact: string): string {
  return `lab${createHash('sha256').update(artefact).digest('hex').slice(0, 12)}`;
}

/** The second card's address: the first one's, as another of those that are locally administered. */
export function bridgeMac(mac: string): string {
  return `56${mac.slice(2)}`;
}

/** Makes the tap and puts it into the bridge. Twice is once. */
export async function addTap(context: ProvisioningContext<QemuSettings>, user: number | null): Promise<void> {
  const { settings, signal } = context;
  const tap = tapName(guestFiles(context).artefact);
  if (!(await isBridge(settings.bridge))) {
    throw new ModuleError('unsatisfiable', `There is no network bridge ${settings.bridge} on this computer`);
  }
  try {
    const owner = user === null ? [] : ['user', String(user)];
    if (!(await exists(tap)))
      await exec('ip', ['tuntap', 'add', 'dev', tap, 'mode', 'tap', ...owner], { signal });
    await exec('ip', ['link', 'set', 'dev', tap, 'master', settings.bridge, 'up'], { signal });
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    throw new ModuleError(
      'unsatisfiable',
      `A machine cannot be put into ${settings.bridge}: ${error.message}`,
    );
  }
}

/** A bridge of this computer: the system knows it as one. */
export function isBridge(name: string): Promise<boolean> {
  return exists(`${name}/bridge`);
}

export async function removeTap(artefact: string): Promise<void> {
  const tap = tapName(artefact);
  if (await exists(tap)) await exec('ip', ['link', 'delete', 'dev', tap]);
}

async function exists(device: string): Promise<boolean> {
  return await access(`/sys/class/net/${device}`).then(
    () => true,
    () => false,
  );
}
