import type { AttentionKind } from './kind.ts';

const missingRows = `FROM image_revisions v JOIN images i ON i.id = v.image_id LEFT JOIN places p ON p.id = v.place_id
  WHERE v.missing_since IS NOT NULL AND v.deleted_at IS NULL AND i.deleted_at IS NULL`;

/** Looked at again every few seconds: no button, what is put back is used again by itself. */
export const missingFiles: AttentionKind = {
  rows: missingRows,
  async list(reader) {
    const rows = await reader.rows<MissingRow>(
      `SELECT v.id, i.name, v.number, v.file, v.sha256, v.missing_since, v.missing_because, p.name AS place,
          CASE WHEN i.production_revision_id = v.id THEN 1 ELSE 0 END AS production
         ${missingRows} ORDER BY v.id LIMIT 500`,
    );
    return rows.map((row) => ({
      id: `file-${row.id}`,
      kind: 'revision',
      text: `${row.name}-v${row.number} cannot be loaded: ${row.missing_because}. Put it back on ${row.place ?? 'its computer'} as ${row.file}${row.sha256 === null ? '' : ` (SHA-256 ${row.sha256})`}; it is used again by itself.`,
      since: Number(row.missing_since),
      hits: row.production === 1 ? `everybody who wants ${row.name}` : null,
      action: null,
    }));
  },
};

interface MissingRow {
  id: number;
  name: string;
  number: number;
  file: string;
  sha256: string | null;
  missing_since: number;
  missing_because: string;
  place: string | null;
  production: number;
}
