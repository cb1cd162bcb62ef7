import { chown, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { exec } from '../../../src/lib/exec.ts';
import type { Qmp } from '../../../src/lib/qmp.ts';
import { fileNames, guestFiles } from './guest-files.ts';
import { askQemu } from './guest-process.ts';
import { type GuestRecord, writeRecord } from './guest-record.ts';
import { guestUser } from './guest-user.ts';
import type { QemuSettings } from './settings.ts';

type Context = ProvisioningContext<QemuSettings>;

const blocksSchema = z.array(z.object({ inserted: z.object({ 'node-name': z.string() }).optional() }));

/**
 * From here on the running guest writes to a layer of its own: what cleaning removes is removed from the copy, and the
 * machine's disk stays as its person left it (QEMU docs, interop/live-block-operations: blockdev-snapshot).
 */
export async function withLayer(context: Context, guest: GuestRecord): Promise<GuestRecord> {
  const files = guestFiles(context);
  const layered = await writeRecord(files, { ...guest, layered: true });
  await askQemu(files, (qmp) => putLayer(context, qmp), context.signal);
  return layered;
}

async function putLayer(context: Context, qmp: Qmp): Promise<void> {
  const blocks = blocksSchema.parse(await qmp.execute('query-block'));
  if (blocks.some(({ inserted }) => inserted?.['node-name'] === 'layer')) return;
  const files = guestFiles(context);
  await rm(files.path('layer'), { force: true });
  const backing = ['-b', fileNames.disk, '-F', 'qcow2'];
  const { signal } = context;
  await exec('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, files.path('layer')], { signal });
  const user = guestUser(context);
  if (user !== null) await chown(files.path('layer'), user, user);
  await qmp.execute('blockdev-del', { 'node-name': 'layer' }).catch(() => undefined);
  await qmp.execute('blockdev-add', {
    ...{ driver: 'qcow2', 'node-name': 'layer', discard: 'unmap', backing: null },
    file: { driver: 'file', filename: fileNames.layer, discard: 'unmap' },
  });
  await qmp.execute('blockdev-snapshot', { node: 'disk', overlay: 'layer' });
}

/** The machine as it was before it was captured, or before a capture that did not succeed. */
export async function withoutLayer(context: Context, guest: GuestRecord): Promise<GuestRecord> {
  if (!guest.layered) return guest;
  const files = guestFiles(context);
  await rm(files.path('layer'), { force: true });
  return await writeRecord(files, { ...guest, layered: false, sealed: false, captured: null });
}
