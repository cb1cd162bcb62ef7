import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import { macFileName } from '../metal-files.ts';
import { dhcpFiles } from './ensure-dhcp.ts';

/** From here on the machine gets the address that is entered with it, where this computer gives addresses. */
export async function admitMachine(
  directory: string,
  { name, mac, hardware }: Pick<NodeFacts, 'name' | 'mac' | 'hardware'>,
): Promise<void> {
  const address = hardware?.endpoint?.host ?? '';
  if (!/^(\d{1,3}\.){3}\d{1,3}$/.test(address)) return;
  const { hosts } = dhcpFiles(directory);
  await mkdir(hosts, { recursive: true, mode: 0o700 });
  const own = macFileName(mac.toLowerCase());
  const line = `${mac.toLowerCase()},${address},${name}\n`;
  for (const file of await readdir(hosts)) {
    const text = await readFile(join(hosts, file), 'utf8').catch(() => '');
    if (file === own && text === line) return;
    // An address is one machine's: who had it before has another by now.
    if (file !== own && text.includes(`,${address},`)) await rm(join(hosts, file), { force: true });
  }
  // Not by another name first: dnsmasq reads whatever appears in the folder.
  await writeFile(join(hosts, own), line, { mode: 0o600 });
}
