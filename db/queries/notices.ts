import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

export interface NoticeRow {
  id: number;
  reservation_id: number;
  notice_key: string;
  data: string;
  at: number;
  /** Of the image that it is about; null when it is about none, or that was deleted. */
  image_name: string | null;
  image_title: string | null;
}

const select = `SELECT n.id, n.reservation_id, n.notice_key, n.data, n.at, i.name AS image_name, i.title AS image_title
  FROM notices n LEFT JOIN images i ON i.id = n.image_id AND i.deleted_at IS NULL`;

/** Those of reservations that were not put away, newest first. */
export async function noticeRows(reader: Reader, reservationIds: readonly number[]): Promise<NoticeRow[]> {
  if (reservationIds.length === 0) return [];
  return reader.rows(
    `${select} WHERE n.dismissed_at IS NULL AND n.reservation_id IN (${marks(reservationIds)})
       ORDER BY n.id DESC LIMIT 200`,
    reservationIds,
  );
}

const mostOfImages = 5;

/** What somebody was told of images and did not put away, newest first, where no live reservation shows it. */
export function imageNoticeRows(reader: Reader, userId: number): Promise<NoticeRow[]> {
  return reader.rows(
    `${select} LEFT JOIN reservations r ON r.id = n.reservation_id
       WHERE n.user_id = ? AND n.image_id IS NOT NULL AND n.dismissed_at IS NULL AND r.live IS NULL
       ORDER BY n.id DESC LIMIT ${mostOfImages}`,
    [userId],
  );
}

/** What is still to be said in the terminals of a reservation, the oldest first. */
export function unsaidNotices(
  reader: Reader,
  reservationId: number,
): Promise<Pick<NoticeRow, 'id' | 'notice_key' | 'data'>[]> {
  return reader.rows(
    'SELECT id, notice_key, data FROM notices WHERE reservation_id = ? AND unsaid = 1 ORDER BY id',
    [reservationId],
  );
}
