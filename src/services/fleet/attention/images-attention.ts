/** Revisions that are not loaded any more, and captures that did not succeed. */
import type { AttentionKind } from './kind.ts';
import { retry } from './retry.ts';

const suspendedRows = `FROM image_revisions v JOIN images i ON i.id = v.image_id
  WHERE v.suspended_at IS NOT NULL AND i.production_revision_id = v.id`;

export const suspendedRevisions: AttentionKind = {
  rows: suspendedRows,
  async list(reader) {
    const rows = await reader.rows<{
      id: number;
      name: string;
      number: number;
      suspended_at: number;
      suspended_because: string;
    }>(`SELECT v.id, i.name, v.number, v.suspended_at, v.suspended_because ${suspendedRows}`);
    return rows.map((row) => ({
      id: `revision-${row.id}`,
      kind: 'revision',
      text: `${row.name}-v${row.number} is suspended, it failed on two machines: ${row.suspended_because}`,
      since: Number(row.suspended_at),
      hits: `everybody who wants ${row.name}`,
      about: `/images/${encodeURIComponent(row.name)}`,
      action: retry(`revision-${row.id}`, 'Allow it again'),
    }));
  },
};

// what has begun alone: many more may be booked
const failedCaptureRows = `FROM reservations r JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id
  WHERE r.state IN ('image', 'checkpoint') AND r.live = 1 AND r.start_at <= ? AND r.capture_failure IS NOT NULL`;

/** The machine and its disk are kept until its person, or an administrator, tries again or gives up. */
export const failedCaptures: AttentionKind = {
  rows: failedCaptureRows,
  bindings: (now) => [now],
  async list(reader) {
    const rows = await reader.rows<{
      id: number;
      user_name: string;
      image_name: string;
      because: string;
      at: number;
    }>(
      `SELECT r.id, u.name AS user_name, i.name AS image_name, r.capture_failure AS because,
          COALESCE((SELECT MAX(e.at) FROM events e WHERE e.reservation_id = r.id AND e.kind = 'capture-failed'), r.created_at) AS at
         ${failedCaptureRows} ORDER BY r.id LIMIT 500`,
      [reader.now],
    );
    return rows.map((row) => ({
      id: `capture-${row.id}`,
      kind: 'capture',
      text: `Capturing reservation ${row.id} of ${row.image_name} did not succeed: ${row.because}`,
      since: Number(row.at),
      hits: `${row.user_name}, whose machine is kept`,
      action: { label: 'Look at it', path: `/reservations/${row.id}`, link: true },
    }));
  },
};
