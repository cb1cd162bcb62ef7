import type { Window } from '../../src/domain/time.ts';
import type { Reader } from '../transaction.ts';

/** Machines that are alike to whoever wants one now. */
export interface NodeKind {
  readonly pool_id: number;
  readonly cpus: number;
  readonly memory_mb: number;
  readonly disk_mb: number;
  readonly state: string;
  /** 1: it may be given to somebody now. */
  readonly usable: number;
  /** What it holds, if nobody touched it since it was loaded; else null. */
  readonly loaded: number | null;
}

const loaded = "CASE WHEN n.state = 'available' AND n.tainted = 0 THEN n.revision_id END";
const usable = "CASE WHEN n.out_for IS NULL AND n.state IN ('available', 'reloading') THEN 1 ELSE 0 END";
const kind = `n.pool_id, n.cpus, n.memory_mb, n.disk_mb, n.state, ${usable} AS usable, ${loaded} AS loaded`;

const counted = 'pool_id, cpus, memory_mb, disk_mb, state, out_for, tainted, revision_id';

/** Every machine that counts as one, by kind. They are counted along an index that has all of this (`nodes_alike`). */
export function nodeKinds(reader: Reader): Promise<(NodeKind & { n: number })[]> {
  return reader.rows(
    `SELECT ${kind}, SUM(n.alike) AS n FROM (SELECT ${counted}, COUNT(*) AS alike FROM nodes GROUP BY ${counted}) n
       WHERE n.state NOT IN ('host', 'deprovisioning')
       GROUP BY n.pool_id, n.cpus, n.memory_mb, n.disk_mb, n.state, ${usable}, ${loaded}`,
  );
}

export interface HeldNode extends NodeKind {
  readonly node_id: number;
  readonly hold_from: number;
}

/**
 * The holds, in order, that machines which are usable now have in a window: what occupancy has bits for. The holds come first
 * (SQLite reads a CROSS JOIN in its order): few are live and begin before the window is over.
 */
export function heldNodes(reader: Reader, { from, until }: Window): Promise<HeldNode[]> {
  return reader.rows(
    `SELECT a.node_id, a.hold_from, ${kind} FROM allocations a CROSS JOIN nodes n ON n.id = a.node_id
       WHERE a.released_at IS NULL AND a.hold_from < ? AND a.hold_until > ?
         AND n.out_for IS NULL AND n.state IN ('available', 'reloading') ORDER BY a.hold_from`,
    [until, from],
  );
}
