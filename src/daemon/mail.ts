import { inTransaction, reading } from '../../db/transaction.ts';
import { noticeText } from '../services/reservations/sentences.ts';
import type { DaemonDeps } from './deps.ts';

interface Unmailed {
  id: number;
  notice_key: string;
  data: string;
  email: string | null;
  display_name: string;
  image_title: string;
  reservation_id: number;
}

/** Mails the notices of a reservation that were not mailed yet, oldest first; each is marked once it was sent. */
export async function sendMail(deps: DaemonDeps, reservationId: number): Promise<number> {
  const { mailer } = deps;
  if (!mailer) return 0;
  const notices = await reading(deps.db, (reader) =>
    reader.rows<Unmailed>(
      `SELECT n.id, n.notice_key, n.data, n.reservation_id, u.email, u.display_name, i.title AS image_title FROM notices n
         JOIN users u ON u.id = n.user_id JOIN reservations r ON r.id = n.reservation_id JOIN images i ON i.id = r.image_id
         WHERE n.reservation_id = ? AND n.mailed_at IS NULL ORDER BY n.id`,
      [reservationId],
    ),
  );
  let sent = 0;
  for (const notice of notices) {
    if (notice.email) {
      const sentence = noticeText(notice.notice_key, JSON.parse(notice.data) as Record<string, unknown>);
      const subject = `${notice.image_title}: ${sentence}`.slice(0, 200);
      const text = `Hello ${notice.display_name},\n\n${sentence}\n\nReservation ${notice.reservation_id}, ${notice.image_title}.\n`;
      await mailer.send({ to: notice.email, subject, text });
      sent++;
    }
    await inTransaction(deps.db, (tx) =>
      tx.table('notices').where({ id: notice.id }).update({ mailed_at: tx.now }),
    );
  }
  return sent;
}
