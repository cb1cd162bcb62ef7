import { type DueInvitation, dueInvitation, keepInvitation } from '../../db/repositories/invitations.ts';
import { addMail } from '../../db/repositories/notices.ts';
import type { Tx } from '../../db/transaction.ts';
import { invitationText } from '../domain/icalendar.ts';
import type { Mail } from '../lib/mail.ts';
import { reservationUid } from '../services/calendar/entries.ts';
import type { DaemonDeps } from './deps.ts';
import { queueMail } from './notify.ts';

/** What a mail of an invitation says; its row is kept with it, so that it says the same however late it is sent. */
interface InvitationFacts {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly sequence: number;
  readonly start: number;
  readonly end: number;
  readonly title: string;
  readonly at: number;
  readonly first: boolean;
}

const prefix = 'invitation-';

export const isInvitation = (noticeKey: string): boolean => noticeKey.startsWith(prefix);

/** Mails what a booking is now, if its person was told something else last: by one row that says what that was. */
export async function invite(tx: Tx, deps: DaemonDeps, reservationId: number): Promise<void> {
  const due = await dueInvitation(tx, reservationId);
  if (!due) return;
  const facts = factsOf(due, tx.now);
  const { start, end, sequence } = facts;
  const told = { start, end, sequence, imageId: due.image_id, cancelled: facts.method === 'CANCEL' };
  if (!(await keepInvitation(tx, due, told))) return;
  const mail = await addMail(tx, reservationId, `${prefix}${sequence}`, facts);
  if (mail !== null) await queueMail(tx, deps, mail, reservationId);
}

/** One that never began is cancelled; one that ended early lasted as long as it did. */
function factsOf(due: DueInvitation, now: number): InvitationFacts {
  const start = Number(due.start_at);
  const ended = due.live === null ? Number(due.ended_at ?? now) : null;
  const cancelled = ended !== null && (due.ready_at === null || ended <= start);
  const end = ended === null || cancelled ? Number(due.end_at) : Math.min(ended, Number(due.end_at));
  const sequence = Math.max(due.version, (due.told_sequence ?? -1) + 1);
  const method = cancelled ? 'CANCEL' : 'REQUEST';
  return { method, sequence, start, end, title: due.title, at: now, first: due.told_sequence === null };
}

/** The part of a mail that calendars understand. */
export function invitationOf(
  deps: Pick<DaemonDeps, 'installation'>,
  mailer: { readonly site: string; readonly from: string },
  notice: { readonly data: string; readonly email: string; readonly reservation_id: number },
): NonNullable<Mail['invitation']> {
  const { method, sequence, start, end, title, at } = JSON.parse(notice.data) as InvitationFacts;
  const url = `${mailer.site}/reservations/${notice.reservation_id}`;
  const uid = reservationUid(notice.reservation_id, deps.installation);
  const event = { uid, sequence, start, end, summary: title, url, description: `Press Connect at ${url}` };
  const { from } = mailer;
  return { method, content: invitationText({ method, from, to: notice.email, event, at }) };
}
