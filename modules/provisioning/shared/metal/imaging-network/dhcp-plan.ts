import { ModuleError } from '../../../../../src/domain/errors.ts';
import { fetchBootLoaders } from '../../../../../src/lib/images/boot-loaders.ts';
import { ImageBuildError } from '../../../../../src/lib/images/image-tools.ts';
import { cardWith } from '../../../../../src/lib/netboot/imaging-card.ts';
import { createSharedWork } from '../../../../../src/lib/shared-work.ts';
import { addressOf } from '../address-of.ts';
import { metalFiles } from '../metal-files.ts';
import type { MetalSettings } from '../settings.ts';
import type { DhcpPlan } from './dnsmasq-config.ts';

type Planned = Omit<DhcpPlan, 'leases' | 'hosts'>;

/** What the pool's settings ask for; null: no DHCP. `failed` where this computer has no such address. */
export async function dhcpPlan(
  directory: string,
  { dhcp, dhcpRange, imageServer }: MetalSettings,
  signal: AbortSignal,
): Promise<Planned | null> {
  if (dhcp === 'off') return null;
  const at = addressOf(imageServer);
  const card = at === null ? null : cardWith(at.host);
  if (at === null || card === null) {
    const what =
      at === null
        ? 'no address of the image server is set'
        : `this computer has no address ${at.host}, or no link at the card that has it`;
    throw new ModuleError('failed', `DHCP on the imaging network needs a network card: ${what}`);
  }
  const [first, last] = dhcpRange.split('-');
  const range = first && last ? ([first, last] as const) : null;
  return { dhcp, card, port: at.port, range, loaders: await loadersIn(directory, signal) };
}

/** Fetched once for each process: a network that is looked at every few seconds asks no package mirror each time. */
const fetched = new Map<string, string>();
const fetching = createSharedWork<string>();

async function loadersIn(directory: string, signal: AbortSignal): Promise<string> {
  const outDir = `${metalFiles(directory).dhcp}/loaders`;
  const fetch = async () => {
    const folder = await fetchBootLoaders({ outDir, signal });
    fetched.set(outDir, folder);
    return folder;
  };
  try {
    return await fetching(outDir, async () => fetched.get(outDir) ?? (await fetch()), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ImageBuildError) throw new ModuleError('failed', error.message, { cause: error });
    throw error;
  }
}
