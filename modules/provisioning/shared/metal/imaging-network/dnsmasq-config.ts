/** What dnsmasq is told for an imaging network (dnsmasq(8), 2.90). */
import { bootLoaders } from '../../../../../src/lib/images/boot-loaders.ts';
import { type ImagingCard, networkOf } from '../../../../../src/lib/netboot/imaging-card.ts';

export interface DhcpPlan {
  /** `full`: it gives addresses. `proxy`: another server does, and it adds what a machine is to start. */
  readonly dhcp: 'proxy' | 'full';
  readonly card: ImagingCard;
  /** Of the image server. */
  readonly port: number;
  /** First and last address for machines that are not entered; null: those get none. */
  readonly range: readonly [string, string] | null;
  readonly leases: string;
  /** A file for each machine that is entered: read when it appears or changes. */
  readonly hosts: string;
  /** The folder with the first boot loaders. */
  readonly loaders: string;
}

/** Client architectures of firmware (RFC 4578, and 16 of the IANA registry): a BIOS, UEFIs, and a UEFI that boots by HTTP. */
const architectures = { bios: [0], uefi: [7, 9], http: [16] } as const;

/** The lines of its configuration. */
export function dnsmasqConfig(plan: DhcpPlan): string {
  const { card, leases, loaders } = plan;
  const lines = [
    '# Written by Labrador: changes are lost.',
    ...['port=0', 'keep-in-foreground', 'log-facility=-', 'log-dhcp', 'user=root', 'pid-file='],
    ...[`interface=${card.name}`, 'except-interface=lo', 'bind-interfaces'],
    `dhcp-leasefile=${leases}`,
    ...['enable-tftp', `tftp-root=${loaders}`, 'tftp-no-blocksize'],
    // iPXE says so (https://ipxe.org/howto/dhcpd).
    'dhcp-match=set:ipxe,175',
    ...Object.entries(architectures).flatMap(([tag, numbers]) =>
      numbers.map((number) => `dhcp-match=set:${tag},option:client-arch,${number}`),
    ),
    ...(plan.dhcp === 'full' ? giving(plan) : adding(plan)),
  ];
  return `${lines.join('\n')}\n`;
}

function giving(plan: DhcpPlan): string[] {
  const { card, range, hosts } = plan;
  const addresses = range ? range.join(',') : `${networkOf(card)},static`;
  const http = `http://${card.address}:${plan.port}`;
  return [
    ...[`dhcp-range=${addresses},${card.netmask},1h`, 'dhcp-authoritative', `dhcp-hostsdir=${hosts}`],
    // It is neither a router nor a name server.
    ...['dhcp-option=3', 'dhcp-option=6'],
    `dhcp-boot=tag:ipxe,${bootScript(plan)}`,
    `dhcp-boot=tag:!ipxe,tag:bios,${bootLoaders.bios},,${card.address}`,
    `dhcp-boot=tag:!ipxe,tag:uefi,${bootLoaders.uefi},,${card.address}`,
    'dhcp-option-force=tag:http,60,HTTPClient',
    `dhcp-boot=tag:!ipxe,tag:http,${http}/loaders/${bootLoaders.uefi}`,
    // Else iPXE waits three seconds for a ProxyDHCP server (option 175.176), and thirteen for an IPv6 router.
    'dhcp-option-force=tag:ipxe,encap:175,176,1b',
    ...(card.ipv6 ? ['enable-ra', `dhcp-range=::,constructor:${card.name},ra-only`] : []),
  ];
}

function adding(plan: DhcpPlan): string[] {
  const { card } = plan;
  const services = ([firmware, loader]: readonly [keyof typeof architectures, string]) =>
    architectures[firmware].flatMap((number) => [
      `pxe-service=tag:!ipxe,${number},"Labrador",${loader}`,
      `pxe-service=tag:ipxe,${number},"Labrador",${bootScript(plan)}`,
    ]);
  return [
    `dhcp-range=${networkOf(card)},proxy,${card.netmask}`,
    ...(['bios', 'uefi'] as const).flatMap((firmware) => services([firmware, bootLoaders[firmware]])),
  ];
}

/** iPXE puts its own card's address in. */
function bootScript({ card, port }: DhcpPlan): string {
  return `http://${card.address}:${port}/boot.ipxe?mac=\${netX/mac}`;
}
