import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { beginCapture, type CaptureTarget, giveUpRevision } from '../../../db/repositories/captures.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import type { ImageRow } from '../../../db/rows.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { imageName, imageNameWanted, nameFromTitle, titleFault } from '../../domain/image-names.ts';
import { may } from '../../domain/may.ts';
import { refuseLookAlikes } from '../catalog/look-alikes.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { CaptureRequest, Once } from '../services.ts';
import type { CaptureBegun, ReservationView, SignedIn } from '../views.ts';
import { canBeCaptured } from './can-be-captured.ts';
import { changeOnce, endReservation, refuseSimulated } from './change.ts';
import { mine } from './read.ts';

/**
 * Saves one's machine as a new image of one's own or as the next revision of an image that one manages. Throws LabError: bad
 * input names the field, a taken or mistakable name is `name.taken`, one that does not run is `reservation.state-changed`.
 */
export async function captureReservation(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  request: CaptureRequest,
  once: Once = {},
): Promise<CaptureBegun> {
  if (!may(me, 'image.create')) throw new LabError('not-allowed');
  const { name = null, title = null, revisionOf = null, goOn = false } = request;
  const comment = commentOf(request);
  return inTransaction(deps.db, async (tx) => {
    await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
    const row = await mine(tx, me, id, 'reservation.connect');
    refuseSimulated(deps, row);
    if (!canBeCaptured(deps, row)) throw new LabError('reservation.not-captured');
    if (row.others > 0)
      throw new LabError('reservation.together', {
        detail: 'An image is made of one machine: these are several.',
      });
    const asked = ['capture', id, name, title, revisionOf, comment, goOn ? 1 : 0] as const;
    await doOnce(tx, me, once, asked, async () => {
      const target = await targetOf(tx, me, request);
      const activity = goOn ? 'checkpoint' : 'image';
      const begun = await beginCapture(tx, { reservationId: id, target, comment, by: me.id, activity });
      if (!begun) throw new LabError('reservation.state-changed');
      const { image, revision } = await begunOf(tx, id);
      const data = { image: image.name, number: revision };
      await addEvent(tx, { kind: 'capture-asked', actorId: me.id, reservationId: id, data });
      return id;
    });
    return begunOf(tx, id);
  });
}

/** What the reservation's machine is being saved as. */
async function begunOf(tx: Tx, id: number): Promise<CaptureBegun> {
  const [row] = await tx.rows<{
    number: number;
    image_id: number;
    name: string;
    title: string;
    task_id: number;
  }>(
    `SELECT v.number, i.id AS image_id, i.name, i.title, (SELECT MAX(t.id) FROM tasks t WHERE t.target_type = 'reservation'
        AND t.target_id = r.id AND t.action IN ('image', 'checkpoint')) AS task_id
       FROM reservations r JOIN image_revisions v ON v.id = r.capture_revision_id JOIN images i ON i.id = v.image_id WHERE r.id = ?`,
    [id],
  );
  if (!row) throw new LabError('reservation.state-changed');
  const { number: revision, image_id, name, title, task_id: taskId } = row;
  return { reservationId: id, taskId, image: { id: image_id, name, title }, revision };
}

function commentOf({ comment = '' }: CaptureRequest): string {
  if (comment.length > 500) throw invalid('comment', 'At most 500 characters.');
  return comment.trim();
}

async function targetOf(tx: Tx, me: SignedIn, request: CaptureRequest): Promise<CaptureTarget> {
  if (request.revisionOf !== undefined) return revisionOf(tx, me, request.revisionOf);
  const title = (request.title ?? request.name ?? '').trim();
  const fault = titleFault(title);
  if (fault !== null) throw invalid(request.title === undefined ? 'name' : 'title', fault);
  const name = request.name ?? nameFromTitle(title);
  if (!imageName.test(name)) throw invalid('name', imageNameWanted);
  await refuseLookAlikes(tx, me, { name, title });
  return { name, title, ownerId: me.id };
}

async function revisionOf(tx: Tx, me: SignedIn, name: string): Promise<CaptureTarget> {
  const [image] = await tx.rows<ImageRow>('SELECT * FROM images WHERE name = ? AND deleted_at IS NULL', [
    name,
  ]);
  if (!image)
    throw new LabError('image.unknown', {
      fields: { revisionOf: `There is no image "${name.slice(0, 60)}".` },
    });
  if (!may(me, 'image.manage', ownedBy(image))) {
    throw new LabError('not-allowed', { detail: `${image.title} is not yours: capture it as a new image.` });
  }
  return { imageId: image.id };
}

export function ownedBy(image: Pick<ImageRow, 'owner_id'>): { ownerId?: number } {
  return image.owner_id === null ? {} : { ownerId: image.owner_id };
}

/** *Try again*: the machine and its disk were kept. */
export function retryCapture(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<ReservationView> {
  return changeOnce(deps, me, id, { ...once, intention: 'retry-capture' }, async (tx, row) => {
    const activity = failedCapture(row);
    await tx.table('reservations').where({ id }).update({ capture_failure: null });
    await runAgain(tx, row, activity);
    await addEvent(tx, { kind: 'capture-asked', actorId: me.id, reservationId: id });
  });
}

/** *Give up*: the machine goes on as it was, or ends where its time is over; nothing that looks like an image is left. */
export async function giveUpCapture(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<ReservationView> {
  let over = false;
  const view = await changeOnce(deps, me, id, { ...once, intention: 'give-up-capture' }, async (tx, row) => {
    const activity = failedCapture(row);
    if (row.capture_revision_id !== null) await giveUpRevision(tx, row.capture_revision_id);
    await tx.table('reservations').where({ id }).update({ capture_revision_id: null, capture_failure: null });
    await addEvent(tx, { kind: 'capture-given-up', actorId: me.id, reservationId: id });
    over = Number(row.end_at) <= tx.now;
    if (!over) await runAgain(tx, row, activity);
  });
  return over ? endReservation(deps, me, id, 'The capture was given up after the booked time.') : view;
}

/** What a reservation was doing when its capture did not succeed. Throws `reservation.state-changed` when none failed. */
function failedCapture(row: ReservationListRow): 'image' | 'checkpoint' {
  if (row.capture_failure !== null && (row.state === 'image' || row.state === 'checkpoint')) return row.state;
  throw new LabError('reservation.state-changed');
}

/** The same task: it asks what there is to save, and goes back to work when that was given up. */
async function runAgain(
  tx: Tx,
  { id, place_id: placeId }: ReservationListRow,
  action: 'image' | 'checkpoint',
) {
  await queueTask(tx, { action, targetType: 'reservation', targetId: id }, { placeId, reservationId: id });
}
