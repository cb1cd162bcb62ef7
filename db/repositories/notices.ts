import type { Tx } from '../transaction.ts';

/** One notice for a reservation's person, once per key, about an image where one is named: its id, null when it was given before. */
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
  return tx.insert('notices', {
    reservation_id: reservationId,
    notice_key: key,
    user_id: reservation.user_id,
    image_id: imageId,
    data: JSON.stringify(data),
    at: tx.now,
  });
}

const noReservation = 0;

/**
 * One notice about an image for its owner, and for `by` where that is somebody else, each once per key: the ids of those that
 * were not given before. What was said of the image before under a key of that kind is true no more, and is put away.
 */
export async function addImageNotices(
  tx: Tx,
  { imageId, by }: { readonly imageId: number; readonly by: number | null },
  key: string,
  data: object,
): Promise<number[]> {
  const [image] = await tx.rows<{ owner_id: number | null }>('SELECT owner_id FROM images WHERE id = ?', [
    imageId,
  ]);
  const people = new Set([image?.owner_id ?? null, by]);
  const added: number[] = [];
  for (const userId of people) {
    const own = `${key}-${userId}`;
    if (userId === null || (await isThere(tx, noReservation, own))) continue;
    const about = { reservation_id: noReservation, image_id: imageId, user_id: userId };
    const kind = `${key.split('-')[0]}-%`;
    const before = tx
      .table('notices')
      .where(about)
      .whereNull('dismissed_at')
      .where('notice_key', 'like', kind);
    await before.update({ dismissed_at: tx.now });
    const notice = { ...about, notice_key: own, data: JSON.stringify(data), at: tx.now };
    added.push(await tx.insert('notices', notice));
  }
  return added;
}

async function isThere(tx: Tx, reservationId: number, key: string): Promise<boolean> {
  const sql = 'SELECT id FROM notices WHERE reservation_id = ? AND notice_key = ?';
  return (await tx.rows(sql, [reservationId, key])).length > 0;
}
