import type { Firmware } from '../../src/domain/contracts/facts.ts';
import type { Window } from '../../src/domain/time.ts';
import { marks } from '../marks.ts';

/** What a machine must be to serve a booking. */
export interface Want {
  readonly imageId: number;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** Pools whose module loads the image's format; what starts at once is taken from the first of them that has one. */
  readonly poolIds: readonly number[];
  /** The revision that would be loaded: a node that has it already comes first. */
  readonly revisionId: number | null;
  /** True when it starts at once: the node must be free now, not only by then. */
  readonly startsNow: boolean;
  /** The highest node id of these pools. */
  readonly newestNode: number;
  /** No failed node, however far the start is. */
  readonly soundOnly?: boolean;
  readonly exceptNodes?: readonly number[];
  /** This one and no other. */
  readonly onlyNode?: number | undefined;
  /** What machines must be that take the revision on a disk of their own; null where any will do. */
  readonly ownDisks?: OwnDisks | null;
  /** What it has already and would give back: that machine comes first, and that hold is not in its way. */
  readonly own?: Held | null;
}

/** A machine and what is held of it. */
export interface Held {
  readonly nodeId: number;
  readonly hold: Window;
}

export interface OwnDisks {
  /** Of the pools that have such machines. */
  readonly poolIds: readonly number[];
  readonly startsBy: readonly Firmware[];
  readonly diskMb: number;
}

/** SQL and parameters for "this node, `n`, is in one of the pools, large enough, and not ruled out". */
export function fits(want: Want): { sql: string; bindings: (number | string)[] } {
  const except = want.exceptNodes ?? [];
  const only = want.onlyNode === undefined ? [] : [want.onlyNode];
  const own = ownDiskFits(want.ownDisks ?? null);
  return {
    sql: `n.pool_id IN (${marks(want.poolIds)}) AND n.cpus >= ? AND n.memory_mb >= ? AND n.disk_mb >= ?
       ${except.length > 0 ? `AND n.id NOT IN (${marks(except)})` : ''} ${only.length > 0 ? 'AND n.id = ?' : ''} ${own.sql}`,
    bindings: [...want.poolIds, want.cpus, want.memoryMb, want.diskMb, ...except, ...only, ...own.bindings],
  };
}

/** The same of a machine that was read already. */
export function fitsWant(want: Want, node: FittingNode): boolean {
  const { ownDisks: own = null } = want;
  const size = node.cpus >= want.cpus && node.memory_mb >= want.memoryMb && node.disk_mb >= want.diskMb;
  const starts =
    own === null ||
    !own.poolIds.includes(node.pool_id) ||
    (node.disk_mb >= own.diskMb && own.startsBy.some((firmware) => firmware === node.firmware));
  return size && starts && want.poolIds.includes(node.pool_id);
}

interface FittingNode {
  readonly pool_id: number;
  readonly cpus: number;
  readonly memory_mb: number;
  readonly disk_mb: number;
  readonly firmware: Firmware | null;
}

function ownDiskFits(own: OwnDisks | null): { sql: string; bindings: (number | string)[] } {
  if (own === null) return { sql: '', bindings: [] };
  const firmware = own.startsBy.length > 0 ? `h.firmware IN (${marks(own.startsBy)})` : '1 = 0';
  return {
    sql: `AND (n.pool_id NOT IN (${marks(own.poolIds)}) OR (n.disk_mb >= ? AND EXISTS
       (SELECT 1 FROM node_hardware h WHERE h.node_id = n.id AND ${firmware})))`,
    bindings: [...own.poolIds, own.diskMb, ...own.startsBy],
  };
}
