import { rm } from 'node:fs/promises';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { exec } from '../../../src/lib/exec.ts';
import { makeSeed } from '../../../src/lib/images/make-seed.ts';
import { type Identity, seedFiles } from '../../../src/lib/images/seed.ts';
import type { ImageFile } from '../shared/image-file.ts';
import { loadIdentity } from '../shared/load-identity.ts';
import { bridgeMac } from './bridge.ts';
import { guestFiles } from './guest-files.ts';
import { proxyUrl } from './network.ts';
import type { QemuSettings } from './settings.ts';

type Context = ProvisioningContext<QemuSettings>;

/** Makes the guest's own disk, which takes what it writes on top of the revision's, and the seed with its identity. */
export async function makeDisks(context: Context, image: ImageFile): Promise<void> {
  const { node, signal } = context;
  const files = guestFiles(context);
  const disk = files.path('disk');
  await rm(disk, { force: true });
  const backing = ['-b', image.file, '-F', image.format];
  await Promise.all([
    exec('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, disk, `${node.diskMb}M`], { signal }),
    makeSeed(files.path('seed'), seedFiles(identityOf(context)), { signal }),
  ]);
}

function identityOf(context: Context): Identity {
  const { node, pool, settings } = context;
  return {
    ...loadIdentity(context),
    ...(settings.network === 'bridge' ? { cards: [node.mac, bridgeMac(node.mac)] } : {}),
    proxy: pool.reach === 'web' ? proxyUrl : undefined,
  };
}
