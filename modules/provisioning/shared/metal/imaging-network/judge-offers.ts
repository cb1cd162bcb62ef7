/** What the answers of an imaging network's DHCP servers mean for machines that start there. */
import type { PoolCheck } from '../../../../../src/domain/contracts/provisioning.ts';
import type { DhcpOffer } from '../../../../../src/lib/netboot/dhcp-message.ts';
import { fine, warning, wrong } from '../../checks.ts';
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
const log = 'Look at dhcp/dnsmasq.log in the folder of the pool.';

export function judgeOffers(asked: Asked): PoolCheck[] {
  return [...judgeGivers(asked), ...judgeNamers(asked)];
}

function judgeGivers(asked: Asked): PoolCheck[] {
  const { dhcp, own, firmware } = asked;
  const givers = firmware.filter(({ address }) => address !== null).map(({ server }) => server);
  const foreign = givers.filter((server) => server !== own);
  if (dhcp === 'full') return judgeFull(own, givers.includes(own), foreign);
  const [giver, ...others] = foreign;
  if (giver === undefined) {
    const says = 'No DHCP server gives addresses on the imaging network.';
    const mend = 'Look at your DHCP server and its cable, or let this computer be the one (dhcp "full").';
    return [dhcpCheck(wrong(name, says, mend))];
  }
  if (others.length > 0) {
    const says = `Several DHCP servers give addresses on the imaging network: ${foreign.join(', ')}.`;
    const mend = 'Leave one: a machine takes the answer that comes first.';
    return [dhcpCheck(wrong(name, says, mend), foreign.join(', '))];
  }
  return [dhcp === 'proxy' ? judgeProxy(asked, giver) : judgeTheirs(asked, giver)];
}

/** Whoever else names what is to be started beside this computer: machines may start that. */
function judgeNamers({ dhcp, own, firmware }: Asked): PoolCheck[] {
  if (dhcp === 'off') return [];
  const others = firmware.filter(({ server, address }) => server !== own && address === null);
  return others.map(({ server, file }) => {
    const says = `Another server, ${server}, names ${file ?? 'something'} to be started on the imaging network: a machine takes the answer that comes first.`;
    const mend = 'Take it off this network, or let it not answer these machines.';
    return dhcpCheck(wrong(`Boot server ${server}`, says, mend), server);
  });
}

function judgeFull(own: string, ours: boolean, foreign: readonly string[]): PoolCheck[] {
  const checks = foreign.map((server) => {
    const says = `Another DHCP server, ${server}, gives addresses on the imaging network: a machine takes the answer that comes first.`;
    const mend = 'Take it off this network, or choose dhcp "proxy" for the pool.';
    return dhcpCheck(wrong(`DHCP server ${server}`, says, mend), server);
  });
  if (ours) {
    const says = 'This computer gives addresses, and names what is to be started.';
    return [dhcpCheck(fine(name, says), own), ...checks];
  }
  return [dhcpCheck(wrong(name, 'The DHCP service of this computer does not answer.', log)), ...checks];
}

function judgeProxy({ own, firmware }: Asked, giver: string): PoolCheck {
  // What it names is told at a port of its own (PXE 2.1: 4011), or in this answer, as the firmware likes it.
  if (!firmware.some(({ server }) => server === own)) {
    const says = `${giver} gives addresses, but this computer names nothing to start.`;
    return dhcpCheck(wrong(name, says, log), giver);
  }
  const by = `${giver}, ${own}`;
  const named = firmware.find(({ server, file }) => server === giver && file !== null)?.file;
  if (named) {
    const says = `${giver} gives addresses, and names ${named} itself beside this computer: some machines start that.`;
    return dhcpCheck(warning(name, says, 'Let it name nothing.'), by);
  }
  const says = `${giver} gives addresses, and this computer names what is to be started beside it.`;
  return dhcpCheck(fine(name, says), by);
}

function judgeTheirs({ ipxe, firmware, script }: Asked, giver: string): PoolCheck {
  const named = ipxe.map(({ file }) => file).find((file) => file !== null);
  if (named?.startsWith(script)) {
    const first = firmware.map(({ file }) => file).find((file) => file !== null);
    const then = first ? `first ${first}, then ` : '';
    return dhcpCheck(fine(name, `${giver} gives addresses and names ${then}the boot script.`), giver);
  }
  const says = `${giver} gives addresses, and names ${named ?? 'nothing'} to iPXE, not the boot script.`;
  const mend = `Let it name ${script}?mac=\${netX/mac}, or choose dhcp "proxy" for the pool.`;
  return dhcpCheck(wrong(name, says, mend), giver);
}

function dhcpCheck(check: PoolCheck, by?: string): PoolCheck {
  return { ...check, part: 'dhcp', ...(by === undefined ? {} : { by }) };
}
