/** What the answers of an imaging network's DHCP servers mean for machines that start there. */
import type { PoolCheck } from '../../../../../src/domain/contracts/provisioning.ts';
import type { DhcpOffer } from '../../../../../src/lib/netboot/dhcp-message.ts';
import { fine, wrong } from '../../checks.ts';
import type { MetalSettings } from '../settings.ts';

export interface Asked {
  readonly dhcp: MetalSettings['dhcp'];
  /** Of this computer on that network. */
  readonly own: string;
  /** `http://ADDRESS:PORT/boot.ipxe`, without its question. */
  readonly script: string;
  /** What a firmware was offered, and what iPXE was after it. */
  readonly firmware: readonly DhcpOffer[];
  readonly ipxe: readonly DhcpOffer[];
}

const name = 'DHCP';

export function judgeOffers(asked: Asked): PoolCheck[] {
  const { dhcp, own, firmware } = asked;
  const givers = firmware.filter(({ address }) => address !== null).map(({ server }) => server);
  const foreign = givers.filter((server) => server !== own);
  if (dhcp === 'full') return judgeFull(givers.includes(own), foreign);
  if (foreign.length === 0)
    return [
      wrong(
        name,
        'No DHCP server gives addresses on the imaging network.',
        'Look at your DHCP server and its cable, or let this computer be the one (DHCP "full").',
      ),
    ];
  if (foreign.length > 1)
    return [
      wrong(
        name,
        `Several DHCP servers give addresses on the imaging network: ${foreign.join(', ')}.`,
        'Leave one: a machine takes the answer that comes first.',
      ),
    ];
  return dhcp === 'proxy' ? judgeProxy(asked, foreign[0] ?? '') : judgeTheirs(asked, foreign[0] ?? '');
}

function judgeFull(ours: boolean, foreign: readonly string[]): PoolCheck[] {
  const checks = foreign.map((server) =>
    wrong(
      `DHCP server ${server}`,
      `Another DHCP server, ${server}, gives addresses on the imaging network: a machine takes the answer that comes first.`,
      'Take it off this network, or choose DHCP "proxy" for the pool.',
    ),
  );
  const own = ours
    ? fine(name, 'This computer gives addresses, and names what is to be started.')
    : wrong(
        name,
        'The DHCP service of this computer does not answer.',
        'Look at dhcp/dnsmasq.log in the folder of the pool.',
      );
  return [own, ...checks];
}

function judgeProxy({ own, firmware }: Asked, giver: string): PoolCheck[] {
  // What it names is told at a port of its own (PXE 2.1: 4011), or in this answer, as the firmware likes it.
  if (firmware.some(({ server }) => server === own))
    return [fine(name, `${giver} gives addresses, and this computer names what is to be started beside it.`)];
  const says = `${giver} gives addresses, but this computer names nothing to start.`;
  return [wrong(name, says, 'Look at dhcp/dnsmasq.log in the folder of the pool.')];
}

function judgeTheirs({ ipxe, firmware, script }: Asked, giver: string): PoolCheck[] {
  const named = ipxe.map(({ file }) => file).find((file) => file !== null);
  if (named?.startsWith(script)) {
    const first = firmware.map(({ file }) => file).find((file) => file !== null);
    const then = first ? `first ${first}, then ` : '';
    return [fine(name, `${giver} gives addresses and names ${then}the boot script.`)];
  }
  const says = `${giver} gives addresses, and names ${named ?? 'nothing'} to iPXE, not the boot script.`;
  const mend = `Let it name ${script}?mac=\${netX/mac}, or choose DHCP "proxy" for the pool.`;
  return [wrong(name, says, mend)];
}
