/** Who answers machines of an imaging network that ask for an address, and for their first boot loader. */
import type { Firmware } from '../../../../../src/domain/contracts/facts.ts';
import type { PoolCheck } from '../../../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../../../src/domain/contracts/provisioning-context.ts';
import { bootLoaders } from '../../../../../src/lib/images/boot-loaders.ts';
import { askDhcp } from '../../../../../src/lib/netboot/ask-dhcp.ts';
import { askTftp } from '../../../../../src/lib/netboot/ask-tftp.ts';
import type { DhcpOffer } from '../../../../../src/lib/netboot/dhcp-message.ts';
import type { ImagingCard } from '../../../../../src/lib/netboot/imaging-card.ts';
import { fine, warning, wrong } from '../../checks.ts';
import type { MetalSettings } from '../settings.ts';
import { admitMachine } from './admit-machine.ts';
import { judgeOffers } from './judge-offers.ts';

type Context = PoolCheckContext<MetalSettings>;

/** Asks as each kind of firmware that the pool's machines have. */
export async function checkDhcp(
  context: Context,
  { host, port }: { readonly host: string; readonly port: number },
  card: ImagingCard,
): Promise<PoolCheck[]> {
  const { settings, nodes, directory, signal } = context;
  const { dhcp } = settings;
  if (dhcp === 'full') for (const node of nodes) await admitMachine(directory, node);
  const mac = nodes[0]?.mac ?? '02:00:00:00:00:01';
  const kinds = [...new Set(nodes.map(({ hardware }) => hardware?.firmware ?? 'bios'))];
  const firmwares: readonly Firmware[] = kinds.length === 0 ? ['bios'] : kinds;
  try {
    const [ipxe, ...offers] = await Promise.all([
      dhcp === 'off' ? askDhcp(card, mac, 'ipxe', signal) : [],
      ...firmwares.map((firmware) => askDhcp(card, mac, firmware, signal)),
    ]);
    const script = `http://${host}:${port}/boot.ipxe`;
    const judged = offers.flatMap((firmware) => judgeOffers({ dhcp, own: host, script, firmware, ipxe }));
    const handed = await Promise.all(
      firmwares.map((firmware, index) => checkTftp(context, host, firmware, offers[index] ?? [])),
    );
    return onceEach([...judged, ...handed.flat()]);
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const says = `It could not be asked who answers DHCP: ${code}.`;
    const mend = 'Labrador must be root, or may use ports below 1024; and nothing else here may use port 68.';
    return [{ ...warning('DHCP', says, mend), part: 'dhcp' }];
  }
}

/** By what a firmware was told where this computer is not the one that tells it. */
async function checkTftp(
  { settings: { dhcp }, signal }: Context,
  own: string,
  firmware: Firmware,
  offers: readonly DhcpOffer[],
): Promise<PoolCheck[]> {
  const [name, part] = ['TFTP', 'tftp'] as const;
  const named = offers.find(({ file }) => file !== null);
  if (dhcp === 'off' && offers.length === 0) return [];
  if (dhcp === 'off' && !named?.file) return [{ ...onlyIpxe(name, firmware), part }];
  const server = dhcp === 'off' ? (named?.next ?? named?.server ?? own) : own;
  const file = dhcp === 'off' ? (named?.file ?? '') : bootLoaders[firmware];
  if (file.startsWith('http'))
    return [{ ...fine(name, `It is not needed: a machine loads ${file} at once.`), part }];
  const complaint = await askTftp(server, file, signal);
  if (complaint === null) return [{ ...fine(name, `${server} hands out ${file}.`), part, by: server }];
  const mend = 'Look at the TFTP server, and whether a firewall lets UDP port 69 through.';
  return [{ ...wrong(name, `${server} does not hand out ${file}: ${complaint}.`, mend), part, by: server }];
}

function onlyIpxe(name: string, firmware: Firmware): PoolCheck {
  const says = `Nothing names a first boot loader to a ${firmware.toUpperCase()}: only machines start whose network cards have iPXE.`;
  const mend = `Let your DHCP server name ${bootLoaders[firmware]}, or choose dhcp "proxy" for the pool.`;
  return warning(name, says, mend);
}

function onceEach(checks: readonly PoolCheck[]): PoolCheck[] {
  return checks.filter(({ says }, index) => checks.findIndex((other) => other.says === says) === index);
}
