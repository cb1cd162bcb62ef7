/** Who has an address on the networks of this computer, as its kernel knows. */
import { readFile } from 'node:fs/promises';

/** The MAC address (lower case) of the card with this IPv4 address; null when it is not on a network of ours. Source: proc(5). */
export async function cardOf(address: string): Promise<string | null> {
  const [, ...lines] = (await readFile('/proc/net/arp', 'utf8')).split('\n');
  const found = lines.map((line) => line.split(/\s+/)).find(([theirs]) => theirs === address);
  return found?.[3]?.toLowerCase() ?? null;
}
