/** What is kept of BMCs that were looked at, and which nodes are out of order by themselves. */
import type { BmcAudit, BmcLook } from '../../src/domain/contracts/facts.ts';
import type { NodeState } from '../../src/domain/states.ts';
import { hour } from '../../src/domain/time.ts';
import type { Tx } from '../transaction.ts';
import { patchNode } from './nodes.ts';

/** Keeps how a node's BMC is. */
export async function keepLook(tx: Tx, nodeId: number, { silent, troubles }: BmcLook): Promise<void> {
  const says = JSON.stringify(silent === null ? troubles : [silent]);
  await tx.change(
    `UPDATE node_hardware SET bmc_asked_at = ?, bmc_says = ?,
       bmc_silent_since = ${silent === null ? 'NULL' : 'COALESCE(bmc_silent_since, ?)'} WHERE node_id = ?`,
    [tx.now, says, ...(silent === null ? [] : [tx.now]), nodeId],
  );
}

/**
 * Keeps what a node's BMC has where nothing was known, else says in which ways it is another than it was; `news` where that was
 * not found before.
 */
export async function keepAudit(
  tx: Tx,
  nodeId: number,
  found: BmcAudit,
): Promise<{ readonly differs: readonly string[]; readonly news: boolean }> {
  const [row] = await tx.rows<{ bmc_audit: string | null; bmc_found: string | null }>(
    'SELECT bmc_audit, bmc_found FROM node_hardware WHERE node_id = ?',
    [nodeId],
  );
  const now = JSON.stringify(found);
  const known = row?.bmc_audit ? (JSON.parse(row.bmc_audit) as BmcAudit) : found;
  const differs = differences(known, found);
  const kept = differs.length === 0 ? { bmc_audit: now, bmc_found: null } : { bmc_found: now };
  await tx.table('node_hardware').where({ node_id: nodeId }).update(kept);
  return { differs, news: differs.length > 0 && row?.bmc_found !== now };
}

function differences(known: BmcAudit, found: BmcAudit): string[] {
  const added = found.accounts.filter((line) => !known.accounts.includes(line));
  const gone = known.accounts.filter((line) => !found.accounts.includes(line));
  return [
    ...added.map((line) => `it has the account "${line}", which it had not`),
    ...gone.map((line) => `it has no account "${line}" any more`),
    ...(known.boot === found.boot ? [] : [`its machine is to start from ${found.boot ?? 'its own disk'}`]),
    ...(known.version === found.version
      ? []
      : [`its program is ${found.version ?? 'of no version'}, and was ${known.version ?? 'of none'}`]),
  ];
}

/** Two in a row are no further apart: the longest time between two looks at a BMC, twice. Milliseconds. */
const rowGap = 2 * hour;
/** Nobody needs to know of more. */
const longestRow = 20;

/** How often in a row a node was switched back, up to now: since it was last clean, each time soon after the one before. */
export async function switchedBack(tx: Tx, nodeId: number): Promise<number> {
  const events = await tx.rows<{ at: number; kind: string; data: string }>(
    `SELECT at, kind, data FROM events WHERE node_id = ? AND kind IN ('power-differs', 'node-clean') AND at > ?
       ORDER BY id DESC LIMIT ?`,
    [nodeId, tx.now - longestRow * rowGap, longestRow],
  );
  let [row, last] = [0, tx.now];
  for (const { at, kind, data } of events) {
    if (kind === 'node-clean' || Number(at) + rowGap < last) break;
    if ((JSON.parse(data) as { to?: unknown }).to) row++;
    last = Number(at);
  }
  return row;
}

/** See `StateWriter.faultNode`. */
export async function faultNode(tx: Tx, id: number, because: string, fault: 'bmc' | null): Promise<boolean> {
  const changed = await tx.change(
    "UPDATE nodes SET fault = ? WHERE id = ? AND state = 'available' AND fault IS NULL",
    [fault, id],
  );
  if (changed === 1) await patchNode(tx, id, { state: 'failed', failure: because });
  return changed === 1;
}

/** What was a fault by itself has passed: true when the node is in order again by that. What people took out stays out. */
export async function clearFault(tx: Tx, id: number): Promise<boolean> {
  const [node] = await tx.rows<{ state: NodeState; fault: string | null }>(
    'SELECT state, fault FROM nodes WHERE id = ?',
    [id],
  );
  if (!node?.fault) return false;
  await tx.table('nodes').where({ id }).update({ fault: null });
  if (node.state !== 'failed') return false;
  await patchNode(tx, id, { state: 'available', failure: null });
  return true;
}
