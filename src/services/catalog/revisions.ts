import { imagePulse } from '../../../db/queries/image-library.ts';
import { type ImageAndGroups, imageResource, imageRow } from '../../../db/queries/images.ts';
import { cancelPurge } from '../../../db/repositories/captures.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import type { RevisionRow } from '../../../db/rows.ts';
import { inTransaction, type Reader, reading, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { day } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import { watch } from '../reservations/watch.ts';
import type { Once } from '../services.ts';
import type { RevisionView, SignedIn } from '../views.ts';

/** How long a deleted revision's file is kept, so that a mistake can be undone. */
export const grace = 7 * day;

/** The image, if this person manages it; otherwise the same answer as for one that does not exist. */
export async function managed(reader: Reader, me: SignedIn, name: string): Promise<ImageAndGroups> {
  const image = await imageRow(reader, name);
  if (!image || !may(me, 'image.read', imageResource(image))) throw new LabError('not-found');
  if (!may(me, 'image.manage', imageResource(image))) throw new LabError('not-allowed');
  return image;
}

type RevisionListRow = RevisionRow & {
  made_by: string | null;
  base_name: string | null;
  base_number: number | null;
  nodes: number;
  /** Of the capture that waits for somebody's decision. */
  capture_failure: string | null;
  task_status: string | null;
  task_result: string | null;
};

/** Every revision of an image that was not deleted for good, newest first. */
export function listRevisions(deps: ServiceDeps, me: SignedIn, name: string): Promise<RevisionView[]> {
  return reading(deps.db, async (reader) => {
    const image = await managed(reader, me, name);
    const rows = await reader.rows<RevisionListRow>(
      `SELECT v.*, u.name AS made_by, bi.name AS base_name, b.number AS base_number,
          (SELECT COUNT(*) FROM nodes n WHERE n.revision_id = v.id) AS nodes, r.capture_failure,
          t.status AS task_status, t.result AS task_result
         FROM image_revisions v LEFT JOIN users u ON u.id = v.created_by
         LEFT JOIN image_revisions b ON b.id = v.base_revision_id LEFT JOIN images bi ON bi.id = b.image_id
         LEFT JOIN reservations r ON r.state IN ('image', 'checkpoint') AND r.capture_revision_id = v.id
         LEFT JOIN tasks t ON t.id = (SELECT MAX(x.id) FROM tasks x
           WHERE x.action = 'makeproduction' AND x.target_type = 'revision' AND x.target_id = v.id)
         WHERE v.image_id = ? AND (v.deleted_at IS NULL OR v.file <> '') ORDER BY v.number DESC`,
      [image.id],
    );
    return rows.map((row) => revisionView(image, row));
  });
}

function revisionView(image: ImageAndGroups, row: RevisionListRow): RevisionView {
  const production = image.production_revision_id === row.id;
  const ready = row.ready_at !== null;
  const deleted = row.deleted_at === null ? null : Number(row.deleted_at);
  const usable = ready && deleted === null && isFit(row);
  const rolling = row.task_status === 'queued' || row.task_status === 'running';
  return {
    id: row.id,
    number: row.number,
    format: row.format,
    comment: row.comment,
    base: row.base_name === null ? null : `${row.base_name}-v${row.base_number}`,
    madeBy: row.made_by,
    createdAt: Number(row.created_at),
    sizeBytes: Number(row.size_bytes),
    virtualBytes: Number(row.virtual_bytes),
    sha256: row.sha256,
    nodes: Number(row.nodes),
    state: stateOf(row, production, rolling),
    provenAt: row.proven_at === null ? null : Number(row.proven_at),
    suspendedBecause: row.capture_failure ?? row.suspended_because ?? row.missing_because,
    goneAt: deleted === null ? null : deleted + grace,
    progress: rolling || row.task_status === 'failed' ? row.task_result : null,
    can: {
      makeProduction: usable && !production && !rolling,
      test: usable && !production,
      remove: ready && deleted === null && !production && !rolling,
      restore: deleted !== null,
    },
  };
}

function isFit(row: Pick<RevisionRow, 'suspended_at' | 'missing_since'>): boolean {
  return row.suspended_at === null && row.missing_since === null;
}

function stateOf(row: RevisionListRow, production: boolean, rolling: boolean): RevisionView['state'] {
  if (row.ready_at === null) return row.capture_failure === null ? 'capturing' : 'not-captured';
  if (row.deleted_at !== null) return 'deleted';
  if (!isFit(row)) return 'suspended';
  if (rolling) return 'rolling-out';
  return production ? 'production' : 'ready';
}

/** Calls `changed` whenever anything about an image that this person manages changes. Returns how to stop. */
export async function watchImage(
  deps: ServiceDeps,
  me: SignedIn,
  name: string,
  changed: () => void,
): Promise<() => void> {
  const { id } = await reading(deps.db, (reader) => managed(reader, me, name));
  return watch(deps.db, `image ${id}`, (reader) => imagePulse(reader, id), changed);
}

/** Changes one revision of an image that this person manages; the image's row is the guard. */
async function changeRevision<T>(
  deps: ServiceDeps,
  me: SignedIn,
  name: string,
  number: number,
  work: (tx: Tx, image: ImageAndGroups, revision: RevisionRow) => Promise<T>,
): Promise<T> {
  return inTransaction(deps.db, async (tx) => {
    await tx.change('UPDATE images SET version = version + 1 WHERE name = ?', [name]);
    const image = await managed(tx, me, name);
    const [revision] = await tx.rows<RevisionRow>(
      'SELECT * FROM image_revisions WHERE image_id = ? AND number = ?',
      [image.id, number],
    );
    if (!revision || (revision.deleted_at !== null && revision.file === '')) throw new LabError('not-found');
    return work(tx, image, revision);
  });
}

export async function commentRevision(
  deps: ServiceDeps,
  me: SignedIn,
  name: string,
  number: number,
  comment: string,
): Promise<void> {
  if (comment.length > 500) throw invalid('comment', 'At most 500 characters.');
  return changeRevision(deps, me, name, number, async (tx, image, { id }) => {
    await tx.table('image_revisions').where({ id }).update({ comment: comment.trim() });
    await record(tx, me, 'image.revision-comment', image, number);
  });
}

/**
 * Makes a revision the production one: after one proven load, then idle machines follow. Returns the task that does it. What is
 * not ready, is suspended or was deleted is `image.revision-unfit`.
 */
export function makeRevisionProduction(
  deps: ServiceDeps,
  me: SignedIn,
  name: string,
  number: number,
  once: Once = {},
): Promise<{ taskId: number }> {
  return changeRevision(deps, me, name, number, async (tx, image, revision) => {
    const args = { by: me.id };
    const task = { action: 'makeproduction', targetType: 'revision', targetId: revision.id, args } as const;
    await doOnce(tx, me, once, ['make-production', name, number], async () => {
      if (revision.ready_at === null || revision.deleted_at !== null || !isFit(revision))
        throw new LabError('image.revision-unfit');
      if (image.production_revision_id === revision.id) throw new LabError('image.revision-production');
      await queueTask(tx, task, { placeId: revision.place_id });
      await record(tx, me, 'image.production-asked', image, number);
      return null;
    });
    const [last] = await tx.rows<{ id: number }>(
      "SELECT MAX(id) AS id FROM tasks WHERE action = 'makeproduction' AND target_type = 'revision' AND target_id = ?",
      [revision.id],
    );
    return { taskId: last?.id ?? 0 };
  });
}

/** Deletes a revision, with grace: its file is removed after seven days, when no machine holds it any more. */
export function removeRevision(deps: ServiceDeps, me: SignedIn, name: string, number: number): Promise<void> {
  return changeRevision(deps, me, name, number, async (tx, image, revision) => {
    if (image.production_revision_id === revision.id) throw new LabError('image.revision-production');
    if (revision.ready_at === null) throw new LabError('image.revision-unfit');
    if (revision.deleted_at !== null) return;
    await refuseBooked(tx, revision.id);
    await tx.table('image_revisions').where({ id: revision.id }).update({ deleted_at: tx.now });
    const task = { action: 'purge', targetType: 'revision', targetId: revision.id } as const;
    await queueTask(tx, { ...task, runAfter: tx.now + grace }, { placeId: revision.place_id });
    await record(tx, me, 'image.revision-deleted', image, number);
  });
}

async function refuseBooked(tx: Tx, revisionId: number): Promise<void> {
  const [row] = await tx.rows<{ id: number }>(
    'SELECT id FROM reservations WHERE live = 1 AND revision_id = ? LIMIT 1',
    [revisionId],
  );
  if (row)
    throw new LabError('image.revision-in-use', {
      detail: `Reservation ${row.id} uses this revision. End it first.`,
    });
}

/** Undoes a deletion within its grace. */
export function restoreRevision(
  deps: ServiceDeps,
  me: SignedIn,
  name: string,
  number: number,
  once: Once = {},
): Promise<void> {
  return changeRevision(deps, me, name, number, async (tx, image, revision) => {
    const asked = ['restore-revision', name, number] as const;
    const { repeated } = await doOnce(tx, me, once, asked, () => Promise.resolve(null));
    if (repeated || revision.deleted_at === null) return;
    if (!(await cancelPurge(tx, revision.id))) throw new LabError('image.gone');
    await tx.table('image_revisions').where({ id: revision.id }).update({ deleted_at: null });
    await record(tx, me, 'image.revision-restored', image, number);
  });
}

function record(tx: Tx, me: SignedIn, kind: string, image: ImageAndGroups, number: number): Promise<unknown> {
  return addEvent(tx, { kind, actorId: me.id, data: { imageId: image.id, image: image.name, number } });
}
