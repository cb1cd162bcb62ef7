import { inTransaction, reading } from '../../db/transaction.ts';
import type { Mail } from '../lib/mail.ts';
import { noticeText } from '../services/reservations/sentences.ts';
import type { DaemonDeps } from './deps.ts';

interface Unmailed {
  readonly notice_key: string;
  readonly data: string;
  readonly email: string;
  readonly display_name: string;
  readonly time_zone: string | null;
  readonly image_title: string;
  readonly reservation_id: number;
  readonly live: number | null;
  readonly end_at: number;
}

/** Mails a notice once, and marks it. False: there is nobody to mail it to, or it was mailed already. Throws ModuleError. */
export async function sendMail(deps: DaemonDeps, noticeId: number): Promise<boolean> {
  const { mailer } = deps;
  const [notice] = await reading(deps.db, (reader) =>
    reader.rows<Unmailed>(
      `SELECT n.notice_key, n.data, n.reservation_id, u.email, u.display_name, u.time_zone, i.title AS image_title, r.live, r.end_at
         FROM notices n JOIN users u ON u.id = n.user_id JOIN reservations r ON r.id = n.reservation_id
         JOIN images i ON i.id = r.image_id WHERE n.id = ? AND n.mailed_at IS NULL AND u.email IS NOT NULL`,
      [noticeId],
    ),
  );
  if (!mailer || !notice) return false;
  await mailer.send(letterOf(notice, mailer.site));
  await inTransaction(deps.db, (tx) =>
    tx.table('notices').where({ id: noticeId }).update({ mailed_at: tx.now }),
  );
  return true;
}

/** A mail may be read late: it says when the end is, and where to look. */
function letterOf(notice: Unmailed, site: string): Mail {
  const sentence = noticeText(notice.notice_key, JSON.parse(notice.data) as Record<string, unknown>);
  const end = notice.live === null ? [] : [`It ends on ${dateIn(Number(notice.end_at), notice.time_zone)}.`];
  const lines = [
    ...[`Hello ${notice.display_name},`, sentence, ...end],
    `${notice.image_title}: ${site}/reservations/${notice.reservation_id}`,
  ];
  const subject = `${notice.image_title}: ${sentence}`.slice(0, 200);
  return { to: notice.email, subject, text: `${lines.join('\n\n')}\n` };
}

function dateIn(at: number, timeZone: string | null): string {
  const zone = timeZone === null ? {} : { timeZone };
  const how = { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...how, timeZoneName: 'short', ...zone }).format(at);
}
