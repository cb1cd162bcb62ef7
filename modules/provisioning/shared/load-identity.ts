import { artefactName } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { hostName } from '../../../src/domain/host-name.ts';
import type { Identity } from '../../../src/lib/images/seed.ts';
import { sha512Crypt } from '../../../src/lib/sha512-crypt.ts';

type Context = Pick<ProvisioningContext, 'installation' | 'node' | 'secrets'>;

/** Who a machine is with this load: what its seed says. `failed` when no secrets were made for the load. */
export function loadIdentity({ installation, node, secrets }: Context): Identity {
  if (!secrets) throw new ModuleError('failed', `No secrets were made for this load of ${node.name}`);
  return {
    instanceId: artefactName(installation, node),
    hostname: hostName(node.name),
    managementPublicKey: secrets.managementPublicKey,
    rootPasswordHash: sha512Crypt(secrets.rootPassword),
    hostKeys: secrets.hostKeys.map((key) => ({ ...key, type: hostKeyType(key.type) })),
  };
}

function hostKeyType(type: string): Identity['hostKeys'][number]['type'] {
  if (type === 'ed25519' || type === 'ecdsa' || type === 'rsa') return type;
  throw new ModuleError('failed', `A host key of the type ${type} was made, which no machine takes`);
}
