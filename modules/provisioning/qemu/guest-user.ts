import type { NodeFacts } from '../../../src/domain/contracts/facts.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import type { QemuSettings } from './settings.ts';

/** So many numeric users belong to guests. */
const users = 500;

/** The numeric user that a node's QEMU runs as: one of its own, so that no guest's QEMU can touch another's. */
export function guestUser({
  settings,
  node,
}: Pick<ProvisioningContext<QemuSettings>, 'settings'> & { readonly node: Pick<NodeFacts, 'id'> }) {
  return process.getuid?.() === 0 ? settings.runAs + (node.id % users) : null;
}
