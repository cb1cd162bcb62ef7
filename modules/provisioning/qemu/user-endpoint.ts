import type { Endpoint } from '../../../src/domain/contracts/facts.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { bridgeMac } from './bridge.ts';
import { type QemuSettings, staticAddresses } from './settings.ts';

const sshPort = 22;
const look = 500;
/** How often a machine is asked before its person is told that it has no address yet. */
const most = 20;

/** The machine's own address in its bridge: what the pool's settings say, or what it got by DHCP; null where a port is forwarded. */
export async function user_endpoint(context: ProvisioningContext<QemuSettings>): Promise<Endpoint | null> {
  const { node, settings, signal } = context;
  signal.throwIfAborted();
  if (settings.userAddress === 'forwarded') return null;
  const host = settings.userAddress === 'static' ? named(context) : await learnt(context);
  if (host !== undefined) return { host, port: sshPort };
  throw new ModuleError(
    'retry',
    `${node.name} got no address in ${settings.bridge}: does anything there answer DHCP?`,
  );
}

function named({ node, settings }: ProvisioningContext<QemuSettings>): string {
  const address = staticAddresses(settings).get(node.name);
  if (address !== undefined) return address;
  throw new ModuleError('unsatisfiable', `The pool's settings name no address of ${node.name}`);
}

async function learnt({ os, node, signal }: ProvisioningContext<QemuSettings>): Promise<string | undefined> {
  for (let asked = 0; asked < most; asked++) {
    const [address] = (await os?.addresses(bridgeMac(node.mac))) ?? [];
    if (address !== undefined || os === null) return address;
    await sleep(look, signal);
  }
  return undefined;
}
