import { nodesOfPool, removeIdleNode } from '../../../db/repositories/fleet.ts';
import {
  addRevision,
  announceImage,
  ensureImage,
  nextRevisionNumber,
} from '../../../db/repositories/images.ts';
import { addPool, findPool } from '../../../db/repositories/installation.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import type { ServiceDeps } from '../deps.ts';
import { addNodes } from './add-nodes.ts';

const simulatedImage = {
  name: 'simulated',
  title: 'Simulated machine',
  description: 'There is no machine behind it: for planning, demonstrations and tests.',
  icon: 'simulated',
  osModule: 'none',
  cpus: 1,
  memoryMb: 0,
  diskMb: 0,
} as const;

export interface SimulatorChange {
  readonly added: number;
  readonly removed: number;
  /** There are so many now: more than asked for while some that are too many are in use. */
  readonly nodes: number;
}

/** Makes the pool of simulated machines so large: adds what is missing, removes idle ones that are too many. */
export function setSimulatedMachines(
  deps: ServiceDeps,
  installation: string,
  placeId: number,
  count: number,
): Promise<SimulatorChange> {
  return inTransaction(deps.db, async (tx) => {
    const pool = { name: 'simulator', module: 'simulator', reach: 'none', placeId } as const;
    const poolId = (await findPool(tx, pool.name)) ?? (await addPool(tx, pool));
    const imageId = await simulatedImageOf(tx, placeId);
    const present = await nodesOfPool(tx, poolId);
    const names = new Set(present.map((node) => node.name));
    const wanted = Array.from({ length: count }, (_, i) => `sim${i + 1}`);
    const missing = wanted.filter((name) => !names.has(name));
    const node = { poolId, placeId, imageId, cpus: 2, memoryMb: 4096, diskMb: 20_480 };
    await addNodes(
      tx,
      installation,
      missing.map((name) => ({ ...node, name })),
    );
    let removed = 0;
    for (const { id, name } of present) {
      if (!wanted.includes(name) && (await removeIdleNode(tx, id))) removed++;
    }
    const nodes = present.length + missing.length - removed;
    await announceImage(tx, imageId, nodes > 0);
    return { added: missing.length, removed, nodes };
  });
}

async function simulatedImageOf(tx: Tx, placeId: number): Promise<number> {
  const imageId = await ensureImage(tx, simulatedImage);
  const number = await nextRevisionNumber(tx, simulatedImage.name);
  if (number > 1) return imageId;
  const sizes = { sizeBytes: 0, virtualBytes: 0, sha256: null, system: {} };
  await addRevision(tx, imageId, { number, format: 'simulated', placeId, file: '', ...sizes });
  return imageId;
}
