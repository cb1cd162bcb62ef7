import type { CleanedDisk } from '../../src/domain/contracts/facts.ts';
import type { Reader } from '../transaction.ts';

export interface CleanedDiskRow extends CleanedDisk {
  at: number;
}

/** What came of a node's disks when they were cleaned last; none where they never were. */
export async function lastCleaned(reader: Reader, nodeId: number): Promise<CleanedDiskRow[]> {
  const rows = await reader.rows<CleanedDiskRow>(
    `SELECT * FROM cleaned_disks WHERE node_id = ? AND at = (SELECT MAX(at) FROM cleaned_disks WHERE node_id = ?)
       ORDER BY name`,
    [nodeId, nodeId],
  );
  return rows.map((row) => ({ ...row, at: Number(row.at), bytes: Number(row.bytes) }));
}
