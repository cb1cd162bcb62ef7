import type { HardwareRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';

/** The hardware of a pool's bare-metal nodes, by the node's id. */
export async function hardwareRows(reader: Reader, poolId: number): Promise<Map<number, HardwareRow>> {
  const rows = await reader.rows<HardwareRow>(
    'SELECT h.* FROM node_hardware h JOIN nodes n ON n.id = h.node_id WHERE n.pool_id = ?',
    [poolId],
  );
  return new Map(rows.map((row) => [row.node_id, row]));
}

/** Of one node; null when it is no bare metal. */
export async function hardwareRow(reader: Reader, nodeId: number): Promise<HardwareRow | null> {
  const [row] = await reader.rows<HardwareRow>('SELECT * FROM node_hardware WHERE node_id = ?', [nodeId]);
  return row ?? null;
}

/** Which node has which BMC. */
export async function bmcsInUse(
  reader: Reader,
): Promise<{ nodeId: number; name: string; bmcHost: string; bmcPort: number | null }[]> {
  const rows = await reader.rows<HardwareRow & { name: string }>(
    'SELECT h.*, n.name FROM node_hardware h JOIN nodes n ON n.id = h.node_id',
  );
  return rows.map((row) => ({
    ...{ nodeId: row.node_id, name: row.name },
    ...{ bmcHost: row.bmc_host, bmcPort: row.bmc_port },
  }));
}

export interface WatchedBmcRow {
  node_id: number;
  bmc_asked_at: number | null;
  bmc_silent_since: number | null;
  pool_module: string;
  pool_settings: string;
}

/** The BMCs of a place, those first that were not asked for longest. */
export async function watchedBmcs(reader: Reader, placeId: number): Promise<WatchedBmcRow[]> {
  const rows = await reader.rows<WatchedBmcRow>(
    `SELECT h.node_id, h.bmc_asked_at, h.bmc_silent_since, p.module AS pool_module, p.settings AS pool_settings
       FROM node_hardware h JOIN nodes n ON n.id = h.node_id JOIN pools p ON p.id = n.pool_id
       WHERE n.place_id = ? ORDER BY COALESCE(h.bmc_asked_at, 0), h.node_id`,
    [placeId],
  );
  const number = (value: number | null) => (value === null ? null : Number(value));
  return rows.map((row) => ({
    ...row,
    ...{ bmc_asked_at: number(row.bmc_asked_at), bmc_silent_since: number(row.bmc_silent_since) },
  }));
}
