/**
 * Which addresses machines may reach through the web proxy: public ones, and none of this host's own. What is not public
 * is listed by IANA's special-purpose registries (RFC 6890).
 */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

const notPublicV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** Of global unicast: documentation, benchmarks, and the tunnels that carry an IPv4 address inside. */
const notPublicV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** All that is public lies in here: not loopback, local, multicast, IPv4-mapped, NAT64 or any other form. */
const publicV6 = blockListOf(['2000::/3']);

/** Answers for one address; what is no address is never allowed. `forbidden` are more addresses and networks. */
export function publicAddressesOnly(forbidden: readonly string[]): (address: string) => boolean {
  const blocked = blockListOf([...notPublicV4, ...notPublicV6, ...forbidden]);
  return (address) => {
    const family = isIP(address);
    if (family === 0 || isOwn(address)) return false;
    if (family === 6 && !publicV6.check(address, 'ipv6')) return false;
    return !blocked.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Addresses and networks (`192.0.2.7`, `2001:db8::/32`) as a list to check against. Throws RangeError naming a wrong one. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address);
    const prefix = Number(bits ?? (family === 6 ? 128 : 32));
    if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 6 ? 128 : 32))
      throw new RangeError(`${network} is not an address or network`);
    list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Asked each time: addresses of this host come and go. */
function isOwn(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return blockListOf(own.map((entry) => entry.address)).check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
