import type { RedfishClient } from './client.ts';
import { secureBootSchema } from './schemas.ts';
import { readSystem } from './system.ts';

/** See `Bmc.secureBoot`. Source: DSP2046, SecureBoot: what is set for the next start stands beside it (`SecureBootEnable`). */
export async function readSecureBoot(client: RedfishClient, signal: AbortSignal): Promise<boolean | null> {
  const place = (await readSystem(client, signal)).SecureBoot?.['@odata.id'];
  if (place === undefined) return null;
  const { SecureBootCurrentBoot: word } = await client.read(place, secureBootSchema, signal);
  if (word === 'Enabled') return true;
  return word === 'Disabled' ? false : null;
}
