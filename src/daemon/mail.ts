import { inTransaction, reading } from '../../db/transaction.ts';
import type { Mail } from '../lib/mail.ts';
import { noticeText } from '../services/reservations/sentences.ts';
import type { DaemonDeps } from './deps.ts';
import { invitationOf, isInvitation } from './invitations.ts';

interface Unmailed {
  readonly notice_key: string;
  readonly data: string;
  readonly email: string;
  readonly display_name: string;
  readonly time_zone: string | null;
  readonly reservation_id: number;
  readonly reserved_title: string | null;
  readonly live: number | null;
  readonly end_at: number;
  /** Of the image that it is about, if it is about one. */
  readonly image_name: string | null;
  readonly image_title: string | null;
}

/** Mails a notice once, and marks it. False: there is nobody to mail it to, or it was mailed already. Throws ModuleError. */
export async function sendMail(deps: DaemonDeps, noticeId: number): Promise<boolean> {
  const { mailer } = deps;
  const [notice] = await reading(deps.db, (reader) =>
    reader.rows<Unmailed>(
      `SELECT n.notice_key, n.data, n.reservation_id, u.email, u.display_name, u.time_zone, o.title AS reserved_title, r.live, r.end_at,
           i.name AS image_name, i.title AS image_title
         FROM notices n JOIN users u ON u.id = n.user_id LEFT JOIN reservations r ON r.id = n.reservation_id
           LEFT JOIN images o ON o.id = r.image_id LEFT JOIN images i ON i.id = n.image_id
         WHERE n.id = ? AND n.mailed_at IS NULL AND u.email IS NOT NULL`,
      [noticeId],
    ),
  );
  if (!mailer || !notice) return false;
  const invitation = isInvitation(notice.notice_key) && invitationOf(deps, mailer, notice);
  await mailer.send({ ...letterOf(notice, mailer.site), ...(invitation && { invitation }) });
  await inTransaction(deps.db, (tx) =>
    tx.table('notices').where({ id: noticeId }).update({ mailed_at: tx.now }),
  );
  return true;
}

/** A mail may be read late: it says when the end is, and where to look. */
function letterOf(notice: Unmailed, site: string): Mail {
  const sentence = noticeText(notice.notice_key, JSON.parse(notice.data) as Record<string, unknown>);
  const times = notice.live === null ? [] : timesOf(notice);
  const links = linksOf(notice);
  const where = links.map(({ title, path }) => `${title}: ${site}${path}`).join('\n');
  const lines = [`Hello ${notice.display_name},`, sentence, ...times, where];
  const subject = `${links[0]?.title}: ${sentence}`.slice(0, 200);
  return { to: notice.email, subject, text: `${lines.join('\n\n')}\n` };
}

function timesOf({ notice_key: key, data, time_zone: zone, end_at: end }: Unmailed): string[] {
  const { start } = JSON.parse(data) as { start?: number };
  const begins = isInvitation(key) && start !== undefined ? [`It begins on ${dateIn(start, zone)}.`] : [];
  return [...begins, `It ends on ${dateIn(Number(end), zone)}.`];
}

function linksOf(notice: Unmailed): { readonly title: string; readonly path: string }[] {
  const { reservation_id: id, reserved_title: reserved, image_name: name, image_title: title } = notice;
  const { blockId } = JSON.parse(notice.data) as { blockId?: number };
  if (blockId !== undefined) return [{ title: 'Seats of a class', path: `/blocks/${blockId}` }];
  const own = isInvitation(notice.notice_key)
    ? [{ title: 'All of it, and no more such mails', path: '/calendar' }]
    : [];
  return [
    ...(reserved === null ? [] : [{ title: reserved, path: `/reservations/${id}` }]),
    ...(name === null || title === null ? [] : [{ title, path: `/images/${encodeURIComponent(name)}` }]),
    ...own,
  ];
}

function dateIn(at: number, timeZone: string | null): string {
  const zone = timeZone === null ? {} : { timeZone };
  const how = { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...how, timeZoneName: 'short', ...zone }).format(at);
}
