import { type Reader, reading } from '../../../db/transaction.ts';
import type { MetricsView } from '../administration-views.ts';
import { percentiles } from '../booking/estimates.ts';
import type { ServiceDeps } from '../deps.ts';

/** Numbers of the whole installation for a monitoring system; whoever asks was let in at the door. */
export function metrics(deps: ServiceDeps): Promise<MetricsView> {
  return reading(deps.db, async (reader) => ({
    nodes: await counts(reader, 'SELECT state AS name, COUNT(*) AS n FROM nodes GROUP BY state'),
    reservations: await counts(
      reader,
      'SELECT state AS name, COUNT(*) AS n FROM reservations WHERE live = 1 GROUP BY state',
    ),
    tasks: await counts(
      reader,
      "SELECT status AS name, COUNT(*) AS n FROM tasks WHERE status IN ('queued', 'running', 'failed') GROUP BY status",
    ),
    refused: await refused(reader),
    loads: await loads(reader),
  }));
}

async function counts(reader: Reader, sql: string): Promise<MetricsView['nodes']> {
  const rows = await reader.rows<{ name: string; n: number }>(sql);
  return rows.map(({ name, n }) => ({ name, value: Number(n) }));
}

/** Refused demand, by its reason. */
async function refused(reader: Reader): Promise<MetricsView['refused']> {
  const rows = await reader.rows<{ data: string }>("SELECT data FROM events WHERE kind = 'refused'");
  const reasons = new Map<string, number>();
  for (const row of rows) {
    const { code = 'unknown' } = JSON.parse(row.data) as { code?: string };
    reasons.set(code, (reasons.get(code) ?? 0) + 1);
  }
  return [...reasons].map(([name, value]) => ({ name, value }));
}

const recent = 1_000;

/** Of the last thousand times to ready. */
async function loads(reader: Reader): Promise<MetricsView['loads']> {
  const rows = await reader.rows<{ image: string; pool: string; milliseconds: number }>(
    `SELECT i.name AS image, p.name AS pool, l.milliseconds FROM
       (SELECT * FROM load_times WHERE step = 'ready' ORDER BY id DESC LIMIT ${recent}) l
       JOIN images i ON i.id = l.image_id JOIN pools p ON p.id = l.pool_id`,
  );
  const kinds = new Map<string, typeof rows>();
  for (const row of rows) {
    const key = `${row.image} ${row.pool}`;
    kinds.set(key, [...(kinds.get(key) ?? []), row]);
  }
  return [...kinds.values()].flatMap((all) => {
    const [first] = all;
    const times = all.map((row) => row.milliseconds);
    if (!first) return [];
    const { image, pool } = first;
    const { p50, p95 } = percentiles(times);
    return [{ image, pool, p50: p50 / 1000, p95: p95 / 1000 }];
  });
}
