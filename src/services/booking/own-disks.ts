/** What an image must be for machines that start it from disks of their own: judged before anybody waits for one. */
import { marks } from '../../../db/marks.ts';
import type { OwnDisks } from '../../../db/repositories/want.ts';
import type { PoolRow } from '../../../db/rows.ts';
import type { Reader } from '../../../db/transaction.ts';
import { firmwares, type StartFacts } from '../../domain/contracts/facts.ts';
import type { ModuleDescriptor } from '../../domain/contracts/provisioning.ts';

export type PoolAndNodes = PoolRow & {
  newest_node: number | null;
  /** 0: its place touches no machine. */
  armed: number;
  /** Of its machines that are started by one that is known, in any order, with commas; null where none is. */
  readonly firmwares: string | null;
};

/** The pools' machines that take this revision on a disk of their own; null where it fits them all, or nobody knows. */
export function ownDisksOf(
  pools: readonly PoolAndNodes[],
  descriptors: Readonly<Record<string, ModuleDescriptor>>,
  { startsBy, ownDiskMb = 0 }: StartFacts,
): OwnDisks | null {
  if (startsBy === undefined) return null;
  const poolIds = pools.filter((pool) => hasOwnDisks(pool, descriptors[pool.module])).map(({ id }) => id);
  return poolIds.length > 0 ? { poolIds, startsBy, diskMb: ownDiskMb } : null;
}

function hasOwnDisks({ settings }: PoolRow, descriptor: ModuleDescriptor | undefined): boolean {
  return descriptor?.ownDisks?.(descriptor.settings.parse(JSON.parse(settings))) ?? false;
}

/** False where every machine of the pool starts by another firmware: it serves the image as little as one of another format. */
export function hasMachineFor(pool: PoolAndNodes, own: OwnDisks | null): boolean {
  if (!own?.poolIds.includes(pool.id) || pool.firmwares === null) return true;
  return pool.firmwares.split(',').some((firmware) => own.startsBy.some((each) => each === firmware));
}

const names = { bios: 'BIOS', uefi: 'UEFI' } as const;

/** Why none of its machines of that kind takes the image, in a sentence; null where that is not the reason. */
export async function whyNotOnOwnDisks(
  reader: Reader,
  title: string,
  own: OwnDisks | null,
): Promise<string | null> {
  if (own === null) return null;
  const nodes = await reader.rows<{ firmware: string; disk_mb: number }>(
    `SELECT h.firmware, MAX(n.disk_mb) AS disk_mb FROM nodes n JOIN node_hardware h ON h.node_id = n.id
       WHERE n.pool_id IN (${marks(own.poolIds)}) GROUP BY h.firmware`,
    own.poolIds,
  );
  if (nodes.length === 0) return null;
  const fit = nodes.filter(({ firmware }) => own.startsBy.some((each) => each === firmware));
  if (fit.length === 0) {
    const has = firmwares
      .filter((each) => nodes.some(({ firmware }) => firmware === each))
      .map((each) => names[each]);
    const [only] = own.startsBy;
    return `${title} can be started by ${only ? `${names[only]} alone` : 'neither BIOS nor UEFI'}, and the machines for it start by ${has.join(' and ')}.`;
  }
  const largest = Math.max(...fit.map(({ disk_mb }) => disk_mb));
  if (largest >= own.diskMb) return null;
  return `${title} needs a disk of ${own.diskMb} MB, and the largest of the machines for it has ${largest} MB.`;
}
