/** What came of a semester. */
import { auditOccupancy } from '../../../db/repositories/occupancy-audit.ts';
import { auditOffers } from '../../../db/repositories/waiters.ts';
import { inSnapshot, type Reader } from '../../../db/transaction.ts';
import { day, hour } from '../../domain/time.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import type { SemesterScript } from './script-parts.ts';
import type { Tally } from './tally.ts';

/** How long some people waited, in seconds. */
export interface Waits {
  readonly people: number;
  readonly p50: number;
  readonly p95: number;
}

export interface SemesterReport {
  readonly came: Readonly<Record<string, number>>;
  readonly seats: Readonly<Tally['seats']>;
  /** From *Reserve* until the machine was ready, of those who wanted it at once. */
  readonly atOnce: Waits;
  /** From taking a place in the line until the machine was ready. */
  readonly inLine: Waits;
  /** Of those who wanted a machine at once: how many there were, and who found their image loaded. */
  readonly prediction: { readonly all: number; readonly found: number };
  readonly loads: { readonly all: number; readonly failed: number };
  readonly allowed: number;
  /** The share of all machines' time in which nobody had them, from 0 to 1. */
  readonly idle: number;
  /** Tasks that came to nothing, and told a person so. */
  readonly givenUp: number;
  /** What should have ended and has not, in words. */
  readonly stuck: readonly string[];
  /** What the audit of the books found; empty: they are right. */
  readonly books: readonly string[];
}

export function reportOf({ db }: ServiceDeps, script: SemesterScript, tally: Tally): Promise<SemesterReport> {
  return inSnapshot(db, async (reader) => {
    const differences = await auditOccupancy(reader, Math.floor(reader.now / day));
    return {
      came: Object.fromEntries([...tally.came].sort()),
      seats: tally.seats,
      atOnce: await waits(
        reader,
        'SELECT ready_at - created_at AS took FROM reservations WHERE starts_now = 1 AND ready_at IS NOT NULL AND block_date_id IS NULL AND id NOT IN (SELECT reservation_id FROM waiters WHERE reservation_id IS NOT NULL)',
      ),
      inLine: await waits(
        reader,
        'SELECT r.ready_at - w.created_at AS took FROM waiters w JOIN reservations r ON r.id = w.reservation_id WHERE r.ready_at IS NOT NULL',
      ),
      prediction: await sums(reader, 'SELECT SUM(at_once) AS a, SUM(found) AS b FROM demand_hours', 'found'),
      loads: await sums(
        reader,
        "SELECT COUNT(*) AS a, SUM(CASE outcome WHEN 'failed' THEN 1 ELSE 0 END) AS b FROM loads",
        'failed',
      ),
      allowed: tally.allowed,
      givenUp: (await sums(reader, "SELECT COUNT(*) AS a, 0 AS b FROM tasks WHERE status = 'failed'", 'none'))
        .all,
      idle: await idleShare(reader, script),
      stuck: await stuck(reader),
      books: [...differences.map((found) => JSON.stringify(found)), ...(await auditOffers(reader))],
    };
  });
}

async function waits(reader: Reader, sql: string): Promise<Waits> {
  const rows = await reader.rows<{ took: number }>(`${sql} ORDER BY took`);
  const at = (part: number) => Number(rows[Math.floor((rows.length - 1) * part)]?.took ?? 0) / 1000;
  return { people: rows.length, p50: at(0.5), p95: at(0.95) };
}

async function sums<Name extends string>(reader: Reader, sql: string, name: Name) {
  const [row] = await reader.rows<{ a: number | null; b: number | null }>(sql);
  return { all: Number(row?.a ?? 0), [name]: Number(row?.b ?? 0) } as { all: number } & Record<Name, number>;
}

/** What machines were held for, from the first minute of each hold to when it was given back. */
async function idleShare(reader: Reader, { begins, size }: SemesterScript): Promise<number> {
  const [row] = await reader.rows<{ held: number | null }>(
    `SELECT SUM(CASE WHEN COALESCE(released_at, ?) > hold_from THEN COALESCE(released_at, ?) - hold_from ELSE 0 END) AS held
       FROM allocations WHERE hold_from < ?`,
    [reader.now, reader.now, reader.now],
  );
  return 1 - Number(row?.held ?? 0) / (size.nodes * (reader.now - begins));
}

/** An hour late is stuck: every load, time-out and repair is shorter. */
async function stuck(reader: Reader): Promise<string[]> {
  const late = reader.now - hour;
  const rows = await reader.rows<{ what: string }>(
    `SELECT CONCAT('reservation ', id, ' is ', state) AS what FROM reservations
        WHERE live = 1 AND (end_at < ? OR (state = 'new' AND start_at < ?))
     UNION ALL SELECT CONCAT('task ', id, ' ', action, ' is ', status) FROM tasks
        WHERE status IN ('queued', 'running') AND run_after < ?
     UNION ALL SELECT CONCAT('node ', id, ' is ', state) FROM nodes
        WHERE state NOT IN ('available', 'reserved', 'inuse') AND state_at < ?
     UNION ALL SELECT CONCAT('place ', id, ' in the line') FROM waiters WHERE live = 1 AND created_at < ?`,
    [late, late, late, late, reader.now - day],
  );
  return rows.map(({ what }) => what);
}
