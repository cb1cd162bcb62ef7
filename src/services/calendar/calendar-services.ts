import { guardUser } from '../../../db/repositories/accounts.ts';
import {
  addAddress,
  addressByHash,
  addressOf,
  isInvited,
  noteRead,
  revokeAddress,
  setInvited,
} from '../../../db/repositories/calendar-addresses.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { horizonDays } from '../../domain/limits.ts';
import { may } from '../../domain/may.ts';
import { day, hour } from '../../domain/time.ts';
import { randomToken, sha256 } from '../../lib/secrets.ts';
import type { CalendarServices } from '../calendars.ts';
import type { ServiceDeps } from '../deps.ts';
import type { PublishedCalendar, SignedIn } from '../views.ts';
import { calendarEntry, entriesOf, ownCalendar } from './entries.ts';

/** What is past stays in a subscribed calendar for so long. */
const past = 30 * day;

/** A person's own calendar, and the address under which programs read it. */
export function calendarServices(deps: ServiceDeps): CalendarServices {
  const { db } = deps;
  return {
    ownCalendar: (me, window) => ownCalendar(deps, me, window),
    calendarEntry: (me, id) => calendarEntry(deps, me, id),

    calendarAddress: (me) =>
      reading(db, async (reader) => {
        const row = await addressOf(reader, me.id);
        const invited = await isInvited(reader, me.id);
        return { madeAt: number(row?.made_at), readAt: number(row?.read_at), invited };
      }),

    async newCalendarAddress(me) {
      checkOwn(me);
      const secret = randomToken();
      await inTransaction(db, async (tx) => {
        await guardUser(tx, me.id);
        await revokeAddress(tx, me.id);
        await addAddress(tx, me.id, sha256(secret));
        await addEvent(tx, { kind: 'account.calendar-address-made', actorId: me.id });
      });
      return secret;
    },

    async revokeCalendarAddress(me) {
      checkOwn(me);
      await inTransaction(db, async (tx) => {
        await guardUser(tx, me.id);
        if (!(await revokeAddress(tx, me.id))) throw new LabError('not-found');
        await addEvent(tx, { kind: 'account.calendar-address-revoked', actorId: me.id });
      });
    },

    publishedCalendar: (secret) => published(deps, sha256(secret)),

    async setInvited(me, invited) {
      checkOwn(me);
      await inTransaction(db, (tx) => setInvited(tx, me.id, invited));
    },
  };
}

async function published({ db }: ServiceDeps, hash: string): Promise<PublishedCalendar> {
  const found = await reading(db, async (reader) => {
    const row = await addressByHash(reader, hash);
    if (!row) throw new LabError('calendar.unknown');
    if (row.revoked_at !== null || row.disabled_at !== null) throw new LabError('calendar.revoked');
    const span = { from: reader.now - past, until: reader.now + horizonDays * day };
    const isNoted = row.read_at !== null && Number(row.read_at) > reader.now - hour;
    return { row, isNoted, entries: await entriesOf(reader, row.user_id, span) };
  });
  if (!found.isNoted) await inTransaction(db, (tx) => noteRead(tx, hash));
  return { displayName: found.row.display_name, entries: found.entries };
}

function checkOwn(me: SignedIn): void {
  if (!may(me, 'own-account')) throw new LabError('not-allowed');
}

function number(at: number | null | undefined): number | null {
  return at === null || at === undefined ? null : Number(at);
}
