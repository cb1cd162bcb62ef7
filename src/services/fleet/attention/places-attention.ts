/** Places that load no machine. */
import type { AttentionKind } from './kind.ts';

const disarmedRows = 'FROM places WHERE armed = 0';

export const disarmed: AttentionKind = {
  rows: disarmedRows,
  async list(reader) {
    const rows = await reader.rows<{ id: number; name: string; created_at: number }>(
      `SELECT id, name, created_at ${disarmedRows}`,
    );
    return rows.map((row) => ({
      id: `place-${row.id}`,
      kind: 'place',
      text: `The place ${row.name} is disarmed: no machine is touched until "labrador arm" is run there.`,
      since: Number(row.created_at),
      hits: 'everybody who wants one of its machines',
      action: null,
    }));
  },
};

const drainingRows = 'FROM places WHERE draining_since IS NOT NULL';

export const draining: AttentionKind = {
  rows: drainingRows,
  async list(reader) {
    const rows = await reader.rows<{ id: number; name: string; draining_since: number }>(
      `SELECT id, name, draining_since ${drainingRows}`,
    );
    return rows.map((row) => ({
      id: `drained-${row.id}`,
      kind: 'place',
      text: `The place ${row.name} is being drained: no machine is loaded until "labrador drain --off" is run there.`,
      since: Number(row.draining_since),
      hits: 'everybody who wants one of its machines',
      action: null,
    }));
  },
};
