import { networkInterfaces } from 'node:os';

/** This computer's card on an imaging network. */
export interface ImagingCard {
  readonly name: string;
  readonly address: string;
  readonly netmask: string;
  /** It has an IPv6 address besides that which every card gives itself. */
  readonly ipv6: boolean;
}

/** The card that has this address; null where none has it now. */
export function cardWith(address: string): ImagingCard | null {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const own = addresses.find((each) => each.family === 'IPv4' && each.address === address);
    if (!own) continue;
    const ipv6 = addresses.some((each) => each.family === 'IPv6' && !each.address.startsWith('fe80'));
    return { name, address, netmask: own.netmask, ipv6 };
  }
  return null;
}

/** The first address of its network. */
export function networkOf({ address, netmask }: Pick<ImagingCard, 'address' | 'netmask'>): string {
  const mask = bytesOf(netmask);
  return bytesOf(address)
    .map((byte, index) => byte & (mask[index] ?? 0))
    .join('.');
}

/** The address that everything in its network listens to. */
export function broadcastOf({ address, netmask }: Pick<ImagingCard, 'address' | 'netmask'>): string {
  const mask = bytesOf(netmask);
  return bytesOf(address)
    .map((byte, index) => byte | (~(mask[index] ?? 0) & 0xff))
    .join('.');
}

function bytesOf(address: string): number[] {
  return address.split('.').map(Number);
}
