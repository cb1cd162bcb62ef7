import { rm } from 'node:fs/promises';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { hostName } from '../../../src/domain/host-name.ts';
import { exec } from '../../../src/lib/exec.ts';
import { makeSeed } from '../../../src/lib/images/make-seed.ts';
import { type Identity, seedFiles } from '../../../src/lib/images/seed.ts';
import { sha512Crypt } from '../../../src/lib/sha512-crypt.ts';
import { bridgeMac } from './bridge.ts';
import { guestFiles } from './guest-files.ts';
import type { ImageFile } from './image-file.ts';
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
  const { node, pool, secrets, settings } = context;
  if (!secrets) throw new ModuleError('failed', `No secrets were made for this load of ${node.name}`);
  return {
    instanceId: guestFiles(context).artefact,
    hostname: hostName(node.name),
    managementPublicKey: secrets.managementPublicKey,
    rootPasswordHash: sha512Crypt(secrets.rootPassword),
    hostKeys: secrets.hostKeys.map((key) => ({ ...key, type: hostKeyType(key.type) })),
    ...(settings.network === 'bridge' ? { cards: [node.mac, bridgeMac(node.mac)] } : {}),
    proxy: pool.reach === 'web' ? proxyUrl : undefined,
  };
}

function hostKeyType(type: string): Identity['hostKeys'][number]['type'] {
  if (type === 'ed25519' || type === 'ecdsa' || type === 'rsa') return type;
  throw new ModuleError('failed', `A host key of the type ${type} was made, which no machine takes`);
}
