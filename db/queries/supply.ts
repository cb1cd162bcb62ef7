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

/** Every machine that counts as one, by kind. */
export function nodeKinds(reader: Reader): Promise<(NodeKind & { n: number })[]> {
  return reader.rows(
    `SELECT ${kind}, COUNT(*) AS n FROM nodes n WHERE n.state NOT IN ('host', 'deprovisioning')
       GROUP BY n.pool_id, n.cpus, n.memory_mb, n.disk_mb, n.state, ${usable}, ${loaded}`,
  );
}

export interface TakenDay extends NodeKind {
  readonly node_id: number;
  readonly day: number;
  readonly am: number;
  readonly pm: number;
}

/**
 * The days, in order, on which a quarter is taken of a machine that is usable now. The days come first (SQLite reads a CROSS
 * JOIN in its order): they are one range, and few of their rows are taken.
 */
export function takenDays(reader: Reader, firstDay: number, lastDay: number): Promise<TakenDay[]> {
  return reader.rows(
    `SELECT o.node_id, o.day, o.am, o.pm, ${kind} FROM occupancy o CROSS JOIN nodes n ON n.id = o.node_id
       WHERE o.day BETWEEN ? AND ? AND (o.am <> 0 OR o.pm <> 0)
         AND n.out_for IS NULL AND n.state IN ('available', 'reloading') ORDER BY o.day`,
    [firstDay, lastDay],
  );
}
