import type { Rollout } from '../../src/domain/contracts/state.ts';
import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

interface RevisionState {
  id: number;
  number: number;
  image_id: number;
  title: string;
  current: number | null;
  previous: number | null;
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
    `SELECT v.id, v.number, v.image_id, v.suspended_at, v.suspended_because, v.missing_because, v.proven_at, i.title,
        i.production_revision_id, i.cpus, i.memory_mb, i.disk_mb, c.number AS current, p.number AS previous
       FROM image_revisions v JOIN images i ON i.id = v.image_id LEFT JOIN image_revisions c ON c.id = i.production_revision_id
         LEFT JOIN image_revisions p ON p.id = i.previous_revision_id
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
    number: row.number,
    image: { id: row.image_id, title: row.title },
    current: row.current,
    previous: row.previous,
    newer: await newerWish(reader, row, taskId),
    suspended: row.suspended_at === null ? row.missing_because : (row.suspended_because ?? 'it did not load'),
    proven: row.proven_at === null ? null : Number(row.proven_at),
    production: row.production_revision_id === row.id,
    idle: await idleNodes(reader, row, poolIds, taskId),
    outdated: await outdatedNodes(reader, row),
    open: children.filter((task) => task.attempt === 1 && ['queued', 'running'].includes(task.status)).length,
    reloaded: children.filter((task) => task.status === 'done' && task.result === null).length,
    failures: children
      .filter((task) => task.attempt > 1)
      .map((task) => `${task.node}: ${task.result ?? 'it could not be loaded'}`),
  };
}

/** The revision of the same image that was last to become the production one after this task was made. */
async function newerWish(reader: Reader, row: RevisionState, taskId: number): Promise<number | null> {
  const [newer] = await reader.rows<{ number: number }>(
    `SELECT v.number FROM tasks t JOIN image_revisions v ON v.id = t.target_id
       WHERE t.action = 'makeproduction' AND t.id > ? AND v.image_id = ? AND v.id <> ? ORDER BY t.id DESC LIMIT 1`,
    [taskId, row.image_id, row.id],
  );
  return newer?.number ?? null;
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
    `SELECT n.id FROM nodes n WHERE n.pool_id IN (${marks(poolIds)}) AND n.cpus >= ? AND n.memory_mb >= ?
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
