import type { Tx } from '../transaction.ts';

/** By kind of notice: which one before it is true no more. */
const ends: Readonly<Record<string, string>> = {
  restarted: 'down',
  moved: 'down',
  resumed: 'paused',
  classgoeson: 'classends',
};

/**
 * One notice for a reservation's person, once per key, about an image where one is named: its id, null when it was given before. What it
 * ends is put away.
 */
export async function addNotice(
  tx: Tx,
  reservationId: number,
  key: string,
  data: object,
  imageId: number | null = null,
): Promise<number | null> {
  if (await isThere(tx, reservationId, key)) return null;
  const [reservation] = await tx.rows<{ user_id: number }>('SELECT user_id FROM reservations WHERE id = ?', [
    reservationId,
  ]);
  if (!reservation) return null;
  const over = ends[key.split('-')[0] ?? ''];
  if (over) await putAway(tx, reservationId, over);
  return tx.insert('notices', {
    reservation_id: reservationId,
    notice_key: key,
    user_id: reservation.user_id,
    image_id: imageId,
    data: JSON.stringify(data),
    at: tx.now,
  });
}

/** The same by mail alone: on pages there is nothing new for them to read. */
export async function addMail(
  tx: Tx,
  reservationId: number,
  key: string,
  data: object,
): Promise<number | null> {
  const id = await addNotice(tx, reservationId, key, data);
  if (id !== null) await tx.table('notices').where({ id }).update({ dismissed_at: tx.now });
  return id;
}

/** The same on pages and in the terminals of its machine (`unsaid`), but not by mail: it is about this moment. */
export async function addSpoken(
  tx: Tx,
  reservationId: number,
  key: string,
  data: object,
): Promise<number | null> {
  const id = await addNotice(tx, reservationId, key, data);
  if (id !== null) await tx.table('notices').where({ id }).update({ unsaid: 1 });
  return id;
}

/** Notices of that kind about a reservation are true no more. */
export async function putAway(tx: Tx, reservationId: number, kind: string): Promise<void> {
  await tx.change(
    `UPDATE notices SET dismissed_at = ?, unsaid = NULL
       WHERE reservation_id = ? AND (notice_key = ? OR notice_key LIKE ?) AND dismissed_at IS NULL`,
    [tx.now, reservationId, kind, `${kind}-%`],
  );
}

const noReservation = 0;

interface ImageNotice {
  readonly imageId: number;
  readonly key: string;
  readonly data: object;
  /** Kinds of earlier notices about the image that are true no more: they are put away. */
  readonly replaces: readonly string[];
}

/**
 * One notice about an image, once per key: for its owner, for `by`, and for whoever still sees one that it replaces. Returns the
 * ids of those that were not given before.
 */
export async function addImageNotices(tx: Tx, notice: ImageNotice, by: number | null): Promise<number[]> {
  const { imageId, key, data } = notice;
  const [standing, bindings] = standingBefore(notice);
  const people = await tx.rows<{ id: number | null }>(
    `SELECT owner_id AS id FROM images WHERE id = ? UNION SELECT user_id FROM notices WHERE ${standing}`,
    [imageId, ...bindings],
  );
  await tx.change(`UPDATE notices SET dismissed_at = ? WHERE ${standing}`, [tx.now, ...bindings]);
  const about = { reservation_id: noReservation, image_id: imageId, data: JSON.stringify(data), at: tx.now };
  const added: number[] = [];
  for (const id of new Set([...people.map((person) => person.id), by])) {
    const own = `${key}-${id}`;
    if (id === null || (await isThere(tx, noReservation, own))) continue;
    added.push(await tx.insert('notices', { ...about, user_id: id, notice_key: own }));
  }
  return added;
}

function standingBefore({
  imageId,
  key,
  replaces,
}: ImageNotice): [sql: string, bindings: (number | string)[]] {
  const kinds = ['1 = 0', ...replaces.map(() => 'notice_key LIKE ?')].join(' OR ');
  return [
    `reservation_id = ? AND image_id = ? AND dismissed_at IS NULL AND notice_key NOT LIKE ? AND (${kinds})`,
    [noReservation, imageId, `${key}-%`, ...replaces.map((kind) => `${kind}-%`)],
  ];
}

/** One notice about seats of a class, and so about its environment, once per key; null when it was given before. */
export async function addBlockNotice(
  tx: Tx,
  about: { readonly userId: number; readonly imageId: number },
  key: string,
  data: object,
): Promise<number | null> {
  if (await isThere(tx, noReservation, key)) return null;
  return tx.insert('notices', {
    ...{ reservation_id: noReservation, notice_key: key, user_id: about.userId, image_id: about.imageId },
    ...{ data: JSON.stringify(data), at: tx.now },
  });
}

async function isThere(tx: Tx, reservationId: number, key: string): Promise<boolean> {
  const sql = 'SELECT id FROM notices WHERE reservation_id = ? AND notice_key = ?';
  return (await tx.rows(sql, [reservationId, key])).length > 0;
}
