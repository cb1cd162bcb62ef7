import { currentAnnouncements } from '../../../db/queries/people.ts';
import {
  addAnnouncement,
  removeAnnouncement,
  setEmail,
  setTimeZone,
} from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { isZone } from '../../domain/wall-clock.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Services } from '../services.ts';

const mostAnnouncementLetters = 1000;

/** A person's time zone and address. */
export function preferenceServices(deps: ServiceDeps): Pick<Services, 'setTimeZone' | 'setEmail'> {
  return {
    async setEmail(me, email) {
      if (!may(me, 'own-account')) throw new LabError('not-allowed');
      const address = mailAddress(email);
      await inTransaction(deps.db, async (tx) => {
        await setEmail(tx, me.id, address);
        await addEvent(tx, { kind: 'account.email-set', actorId: me.id });
      });
    },

    async setTimeZone(me, timeZone) {
      if (!may(me, 'own-account')) throw new LabError('not-allowed');
      if (timeZone !== '' && !isZone(timeZone)) {
        throw invalid('timeZone', 'There is no such time zone. Expected a name such as Europe/Berlin.');
      }
      await inTransaction(deps.db, (tx) => setTimeZone(tx, me.id, timeZone === '' ? null : timeZone));
    },
  };
}

/** An address as it is kept; null for none. Throws input.invalid. */
export function mailAddress(typed: string): string | null {
  const address = typed.trim();
  if (address === '') return null;
  if (/^[^\s@<>,;:"\\]{1,64}@[A-Za-z0-9.-]{1,180}$/.test(address)) return address;
  throw invalid('email', 'Expected an e-mail address, such as ada@example.org.');
}

/** What an administrator tells everybody. */
export function announcementServices(
  deps: ServiceDeps,
): Pick<Services, 'listAnnouncements' | 'announce' | 'withdrawAnnouncement'> {
  return {
    listAnnouncements: () => reading(deps.db, currentAnnouncements),

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
