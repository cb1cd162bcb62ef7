import { lookup } from 'node:dns/promises';
import type { PoolCheck } from '../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { cannotListen } from '../../../src/lib/cannot-listen.ts';
import { fine, warning, wrong } from '../shared/checks.ts';
import { type QemuSettings, staticAddresses } from './settings.ts';

type Context = PoolCheckContext<QemuSettings>;

/** How people come to the machines: by ports of this computer, or by addresses of the machines' own. */
export async function checkAddresses(context: Context): Promise<PoolCheck[]> {
  const { userAddress } = context.settings;
  if (userAddress === 'static') return [checkStatic(context)];
  if (userAddress === 'forwarded') return [await checkPorts(context), await checkPublic(context.settings)];
  const says =
    'Machines get their addresses in the bridge by DHCP. Whether something there answers shows at the first Connect.';
  return [warning('Addresses', says, 'Load one of its machines and press Connect.')];
}

function checkStatic({ settings, nodes }: Context): PoolCheck {
  const name = 'Addresses';
  const named = staticAddresses(settings);
  const without = nodes.filter((node) => !named.has(node.name)).map((node) => node.name);
  const all = [...named.values()];
  const double = all.find((address, index) => all.indexOf(address) !== index);
  if (double !== undefined)
    return wrong(name, `${double} is named for two machines.`, 'Give each an address of its own.');
  if (without.length === 0)
    return fine(name, `Each of its ${nodes.length} machines has an address of its own.`);
  const shown = without.slice(0, 5).join(', ');
  const says = `The setting addresses names none for ${shown}${without.length > 5 ? ` and ${without.length - 5} more` : ''}.`;
  return wrong(name, says, 'Add them to it, as name=address.');
}

/** A port for each machine, which this computer really listens on for a moment. */
async function checkPorts({ settings, nodes }: Context): Promise<PoolCheck> {
  const { bindAddress, portFrom, portTo } = settings;
  const name = 'Ports';
  const range = `${portFrom} to ${portTo}`;
  const count = Math.max(0, portTo - portFrom + 1);
  if (count < Math.max(1, nodes.length)) {
    const says = `There are ${count} ports from ${range} for ${nodes.length} machines.`;
    return wrong(name, says, 'Let portFrom and portTo lie further apart.');
  }
  for (let port = portFrom; port <= portTo; port++) {
    const error = await cannotListen(bindAddress, port);
    if (error === null) {
      const taken = port === portFrom ? '' : `; ${port - portFrom} of them in use at its beginning`;
      return fine(name, `This computer listens on ${bindAddress}, ${count} ports from ${range}${taken}.`);
    }
    if (error !== 'EADDRINUSE') {
      const says = `This computer cannot listen on ${bindAddress}: ${error}.`;
      return wrong(
        name,
        says,
        'bindAddress must be an address that this computer has, or * for all of them.',
      );
    }
  }
  return wrong(name, `Every port from ${range} is in use.`, 'End what uses them, or choose other ports.');
}

async function checkPublic({ publicAddress, bindAddress }: QemuSettings): Promise<PoolCheck> {
  const name = 'What people are told';
  const found = await lookup(publicAddress).catch(() => null);
  if (found === null) {
    const says = `${publicAddress} is no address that can be found.`;
    return wrong(name, says, 'publicAddress must be a name or an address of this computer.');
  }
  if (isLoopback(found.address) || isLoopback(bindAddress)) {
    const says = `People are told ${publicAddress}; machines can be reached from this computer only.`;
    return warning(name, says, 'Set bindAddress and publicAddress to an address that people reach.');
  }
  return fine(
    name,
    `People are told ${publicAddress}${found.address === publicAddress ? '' : ` (${found.address})`}.`,
  );
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
