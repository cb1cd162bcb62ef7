import { rm } from 'node:fs/promises';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { chooseAccelerator } from '../shared/accelerator.ts';
import { listForwards } from '../shared/forwards.ts';
import type { ImageFile } from '../shared/image-file.ts';
import { addTap } from './bridge.ts';
import { commandLine } from './command-line.ts';
import { type GuestFiles, guestFiles } from './guest-files.ts';
import { askNewQemu, spawnQemu } from './guest-process.ts';
import { type GuestRecord, writeRecord } from './guest-record.ts';
import { guestUser } from './guest-user.ts';
import type { QemuSettings } from './settings.ts';
import { unplugWire } from './wire.ts';

/** Starts QEMU on the guest's own disk. The record it returns is written: from here on the guest is found again. */
export async function startGuest(
  context: ProvisioningContext<QemuSettings>,
  image: ImageFile,
  record: GuestRecord,
): Promise<GuestRecord> {
  const files = guestFiles(context);
  const accelerator = await chooseAccelerator(context.settings);
  const user = guestUser(context);
  if (context.settings.network === 'bridge') await addTap(context, user);
  const args = commandLine({ context, accelerator, image, user });
  await removeSockets(files);
  context.signal.throwIfAborted();
  const process = await spawnQemu(files, args);
  const started = await writeRecord(files, { ...record, power: 'on', process, management: null });
  const [management] = await askNewQemu(
    files,
    process,
    async (qmp) => {
      await unplugWire(qmp);
      return listForwards(qmp);
    },
    context.signal,
  );
  if (!management) throw new ModuleError('node_broken', 'QEMU forwards no port to the machine');
  return await writeRecord(files, { ...started, management });
}

/** Left behind by a QEMU that was killed; a new one would not mind, but we would connect to them. */
async function removeSockets(files: GuestFiles): Promise<void> {
  await rm(files.path('qmp'), { force: true });
  await rm(files.path('console'), { force: true });
}
