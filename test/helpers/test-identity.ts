import { randomUUID } from 'node:crypto';
import type { Identity } from '../../src/lib/images/seed.ts';
import { newKeyPair } from '../../src/lib/ssh-keys.ts';

/** The root password of every test identity, and its hash. */
export const rootPassword = 'labpw';
const rootPasswordHash =
  '$6$labrador$mJPnStKjKpcTcZefl6t/1.faIABqsSOnaG2SsF6i8RTXCML/VkX35B2yS9N44Du5nH/eeCxHkTgDWfX0/04hs0';

export interface TestIdentity extends Identity {
  /** Opens root's account. */
  readonly managementPrivateKey: string;
}

export function testIdentity(differences: Partial<Identity> = {}): TestIdentity {
  const management = newKeyPair('test');
  const host = newKeyPair('test');
  return {
    instanceId: `test-${randomUUID()}`,
    hostname: 'node7',
    managementPublicKey: management.public,
    managementPrivateKey: management.private,
    rootPasswordHash,
    hostKeys: [{ type: 'ed25519', private: host.private, public: host.public }],
    ...differences,
  };
}
