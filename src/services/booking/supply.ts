import { type HeldNode, heldNodes, type NodeKind, nodeKinds } from '../../../db/queries/supply.ts';
import type { Want } from '../../../db/repositories/want.ts';
import type { Reader } from '../../../db/transaction.ts';
import { floorQuarter, type Window } from '../../domain/time.ts';
import type { MachineSize, MachineSizes } from '../views.ts';

/** The machines there are and until when they are free: what a list of images needs, read once for all of them. */
export interface Supply {
  /** Machines that could serve it at some time, and those that are available now. */
  count(want: Want): { readonly free: number; readonly all: number; readonly sizes: MachineSizes | null };
  /** What is free for a window that begins now: a machine that has it loaded, else the first pool that has one, or none. */
  best(want: Want, window: Window): 'loaded' | number | null;
}

type Kind = NodeKind & { readonly n: number; readonly freeUntil: number };

/** Two statements, whatever is asked of it afterwards. `until` is the latest end of the windows that will be. */
export async function readSupply(reader: Reader, until: number): Promise<Supply> {
  const from = floorQuarter(reader.now);
  const taken = firstTaken(await heldNodes(reader, { from, until }), from);
  const kinds: Kind[] = (await nodeKinds(reader)).map((row) => ({
    ...row,
    n: Number(row.n),
    freeUntil: freeUntil(Number(row.n), taken.get(keyOf(row)) ?? []),
  }));
  const fitting = (want: Want) => kinds.filter((kind) => fits(kind, want));
  return {
    count(want) {
      const all = fitting(want);
      const free = all.filter((kind) => kind.state === 'available');
      return { free: sum(free), all: sum(all), sizes: sizesOf(all) };
    },
    best(want, window) {
      const free = fitting(want).filter(
        (kind) => Number(kind.usable) === 1 && kind.freeUntil >= window.until,
      );
      if (free.some((kind) => kind.loaded !== null && kind.loaded === want.revisionId)) return 'loaded';
      return want.poolIds.find((id) => free.some((kind) => kind.pool_id === id)) ?? null;
    },
  };
}

function keyOf({ pool_id, cpus, memory_mb, disk_mb, state, loaded }: NodeKind): string {
  return [pool_id, cpus, memory_mb, disk_mb, state, loaded].join();
}

/** Of each kind, from when on each of its machines that are held is taken first. */
function firstTaken(holds: readonly HeldNode[], from: number): Map<string, number[]> {
  const byKind = new Map<string, Map<number, number>>();
  for (const hold of holds) {
    const first = byKind.get(keyOf(hold)) ?? new Map<number, number>();
    byKind.set(keyOf(hold), first);
    if (!first.has(hold.node_id)) first.set(hold.node_id, Math.max(from, Number(hold.hold_from)));
  }
  return new Map([...byKind].map(([kind, first]) => [kind, [...first.values()]]));
}

/** One of which nothing is taken is free as long as anybody asks for. */
function freeUntil(machines: number, taken: readonly number[]): number {
  return taken.length < machines ? Number.POSITIVE_INFINITY : Math.max(...taken);
}

function fits(kind: NodeKind, { poolIds, cpus, memoryMb, diskMb }: Want): boolean {
  const large = kind.cpus >= cpus && kind.memory_mb >= memoryMb && kind.disk_mb >= diskMb;
  return large && poolIds.includes(kind.pool_id);
}

/** The least and the most of each; null of none. */
function sizesOf(kinds: readonly NodeKind[]): MachineSizes | null {
  if (kinds.length === 0) return null;
  const each = (pick: (...values: number[]) => number): MachineSize => ({
    cpus: pick(...kinds.map((kind) => kind.cpus)),
    memoryMb: pick(...kinds.map((kind) => kind.memory_mb)),
    diskMb: pick(...kinds.map((kind) => kind.disk_mb)),
  });
  return { least: each(Math.min), most: each(Math.max) };
}

function sum(kinds: readonly Kind[]): number {
  return kinds.reduce((all, kind) => all + kind.n, 0);
}
