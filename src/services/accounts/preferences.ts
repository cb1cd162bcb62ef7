import { addAnnouncement, removeAnnouncement, setTimeZone } from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Services } from '../services.ts';

const mostAnnouncementLetters = 1000;

/** A person's time zone. */
export function preferenceServices(deps: ServiceDeps): Pick<Services, 'setTimeZone'> {
  return {
    async setTimeZone(me, timeZone) {
      if (!may(me, 'own-account')) throw new LabError('not-allowed');
      if (timeZone !== '' && !isTimeZone(timeZone)) {
        throw invalid('timeZone', 'There is no such time zone. Expected a name such as Europe/Berlin.');
      }
      await inTransaction(deps.db, (tx) => setTimeZone(tx, me.id, timeZone === '' ? null : timeZone));
    },
  };
}

/** Only the zones that have a name: an offset such as +02:00 would be wrong half of the year. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]{1,59}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What an administrator tells everybody. */
export function announcementServices(deps: ServiceDeps): Pick<Services, 'announce' | 'withdrawAnnouncement'> {
  return {
    async announce(me, text, until, once = {}) {
      if (!may(me, 'announcement.manage')) throw new LabError('not-allowed');
      const plain = text.trim();
      if (plain === '') throw invalid('text', 'Write what people shall read.');
      if (plain.length > mostAnnouncementLetters) {
        throw invalid('text', `At most ${mostAnnouncementLetters} characters.`);
      }
      await inTransaction(deps.db, async (tx) => {
        await doOnce(tx, me, once, ['announce', plain, until], async () => {
          if (until !== null && until <= tx.now) throw invalid('until', 'That time is over already.');
          const announcementId = await addAnnouncement(tx, plain, until, me.id);
          const data = { announcementId, text: plain };
          await addEvent(tx, { kind: 'announcement.made', actorId: me.id, data });
          return null;
        });
      });
    },

    async withdrawAnnouncement(me, id) {
      if (!may(me, 'announcement.manage')) throw new LabError('not-allowed');
      await inTransaction(deps.db, async (tx) => {
        if (!(await removeAnnouncement(tx, id))) throw new LabError('not-found');
        await addEvent(tx, { kind: 'announcement.withdrawn', actorId: me.id, data: { announcementId: id } });
      });
    },
  };
}
