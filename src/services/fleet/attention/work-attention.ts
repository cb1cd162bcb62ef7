/** Work that failed, and what does not add up. */
import { day } from '../../../domain/time.ts';
import type { AttentionKind } from './kind.ts';
import { retry } from './retry.ts';

// a plus keeps SQLite from going through all that is queued; a machine that went down and does not start is tried again and again; a failed capture stands above by itself; tried again or given up, it is over
const failedTaskRows = `FROM tasks t WHERE (t.status = 'failed' OR (+t.status = 'queued' AND t.action = 'power' AND t.attempt >= 3))
  AND (t.action NOT IN ('image', 'checkpoint') OR EXISTS (SELECT 1 FROM reservations r
    WHERE r.id = t.reservation_id AND r.state = t.action AND r.capture_failure IS NULL))`;

export const failedTasks: AttentionKind = {
  rows: failedTaskRows,
  async list(reader) {
    const rows = await reader.rows<{
      id: number;
      action: string;
      result: string;
      since: number;
      status: 'failed' | 'queued';
      reservation_id: number | null;
    }>(
      `SELECT t.id, t.action, t.result, t.status, COALESCE(t.ended_at, t.created_at) AS since, COALESCE(t.reservation_id, (SELECT MAX(a.reservation_id)
         FROM allocations a WHERE a.node_id = t.node_id AND a.released_at IS NULL AND a.state IN ('ready', 'inuse'))) AS reservation_id
       ${failedTaskRows} ORDER BY t.id DESC LIMIT 100`,
    );
    return rows.map((row) => ({
      id: `task-${row.id}`,
      kind: 'task',
      text: `The work "${row.action}" failed: ${row.result}`,
      since: Number(row.since),
      hits: row.reservation_id === null ? null : `reservation ${row.reservation_id}`,
      about: `/tasks/${row.id}`,
      // what is tried again by itself needs no button
      action: row.status === 'failed' ? retry(`task-${row.id}`) : null,
    }));
  },
};

const quarantineRows = 'FROM quarantine';

export const quarantined: AttentionKind = {
  rows: quarantineRows,
  async list(reader) {
    const rows = await reader.rows<{ name: string; what: string; since: number }>(
      `SELECT name, what, since ${quarantineRows}`,
    );
    return rows.map((row) => ({
      id: `artefact-${row.name}`,
      kind: 'artefact',
      text: `A ${row.what} named ${row.name} is not of this installation: it is left alone.`,
      since: Number(row.since),
      hits: null,
      action: null,
    }));
  },
};

const booksRows =
  "FROM events WHERE id = (SELECT MAX(id) FROM events WHERE kind = 'books-differ' AND at > ?)";
const lastDay = (now: number) => [now - day];

export const booksDiffer: AttentionKind = {
  rows: booksRows,
  bindings: lastDay,
  async list(reader) {
    const [last] = await reader.rows<{ id: number; at: number }>(
      `SELECT id, at ${booksRows}`,
      lastDay(reader.now),
    );
    if (!last) return [];
    const text = 'The nightly audit found hours that are held by nobody, or held twice. The log names them.';
    return [
      { id: `books-${last.id}`, kind: 'books', text, since: Number(last.at), hits: null, action: null },
    ];
  },
};
