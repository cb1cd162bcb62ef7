import type { Rollout } from '../../src/domain/contracts/state.ts';
import type { Reader } from '../transaction.ts';

interface RevisionState {
  id: number;
  image_id: number;
  suspended_at: number | null;
  suspended_because: string | null;
  missing_because: string | null;
  proven_at: number | null;
  production_revision_id: number | null;
  cpus: number;
  memory_mb: number;
  disk_mb: number;
}

/** How far the task that makes a revision the production one has got; null when it was deleted meanwhile. */
export async function rolloutOf(
  reader: Reader,
  revisionId: number,
  taskId: number,
  poolIds: readonly number[],
): Promise<Rollout | null> {
  const [row] = await reader.rows<RevisionState>(
    `SELECT v.id, v.image_id, v.suspended_at, v.suspended_because, v.missing_because, v.proven_at, i.production_revision_id, i.cpus, i.memory_mb,
        i.disk_mb FROM image_revisions v JOIN images i ON i.id = v.image_id
       WHERE v.id = ? AND v.ready_at IS NOT NULL AND v.deleted_at IS NULL AND i.deleted_at IS NULL`,
    [revisionId],
  );
  if (!row) return null;
  const children = await reader.rows<{
    status: string;
    attempt: number;
    result: string | null;
    node: string;
  }>(
    'SELECT t.status, t.attempt, t.result, n.name AS node FROM tasks t JOIN nodes n ON n.id = t.node_id WHERE t.parent_id = ? ORDER BY t.id',
    [taskId],
  );
  return {
    now: reader.now,
    revisionId,
    suspended: row.suspended_at === null ? row.missing_because : (row.suspended_because ?? 'it did not load'),
    proven: row.proven_at === null ? null : Number(row.proven_at),
    production: row.production_revision_id === row.id,
    idle: await idleNodes(reader, row, poolIds, taskId),
    outdated: await outdatedNodes(reader, row),
    open: children.filter((task) => task.attempt === 1 && ['queued', 'running'].includes(task.status)).length,
    failures: children
      .filter((task) => task.attempt > 1)
      .map((task) => `${task.node}: ${task.result ?? 'it could not be loaded'}`),
  };
}

const untouched =
  "n.state = 'available' AND n.tainted = 0 AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.node_id = n.id AND a.released_at IS NULL AND a.hold_from <= ?)";

/** Idle machines that could load it, those that hold another revision of its image first, without those tried before. */
async function idleNodes(
  reader: Reader,
  row: RevisionState,
  poolIds: readonly number[],
  taskId: number,
): Promise<number[]> {
  if (poolIds.length === 0) return [];
  const nodes = await reader.rows<{ id: number }>(
    `SELECT n.id FROM nodes n WHERE n.pool_id IN (${poolIds.map(() => '?').join(', ')}) AND n.cpus >= ? AND n.memory_mb >= ?
        AND n.disk_mb >= ? AND ${untouched} AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.parent_id = ? AND t.node_id = n.id)
       ORDER BY CASE n.preferred_image_id WHEN ? THEN 0 ELSE 1 END, n.id LIMIT 10`,
    [...poolIds, row.cpus, row.memory_mb, row.disk_mb, reader.now, taskId, row.image_id],
  );
  return nodes.map((node) => node.id);
}

/** Idle machines that hold another revision of its image. */
async function outdatedNodes(reader: Reader, row: RevisionState): Promise<number[]> {
  const nodes = await reader.rows<{ id: number }>(
    `SELECT n.id FROM nodes n JOIN image_revisions v ON v.id = n.revision_id
       WHERE v.image_id = ? AND v.id <> ? AND ${untouched} ORDER BY n.id`,
    [row.image_id, row.id, reader.now],
  );
  return nodes.map((node) => node.id);
}
