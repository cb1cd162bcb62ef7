/** Answers of the services of people's calendars, for rendering pages without a database. */
import { LabError } from '../../src/domain/errors.ts';
import { hour } from '../../src/domain/time.ts';
import type { CalendarServices } from '../../src/services/calendars.ts';
import type { CalendarEntry } from '../../src/services/views.ts';

const at = (hours: number, over: Partial<CalendarEntry>): CalendarEntry => ({
  ...{ uid: `at-${hours}@test`, sequence: 1, title: 'Tiny', image: 'tiny', reservation: null, class: null },
  ...{ start: Date.now() + hours * hour, end: Date.now() + (hours + 2) * hour, ...over },
});

const physics = {
  blockId: 1,
  dateId: 31,
  course: 'Übungsgruppe Technische Physik',
  seats: 30,
  teaches: false,
};

/** A machine that is used, one that is booked over a night, and two classes. */
const entries = (): CalendarEntry[] => [
  at(-1, { reservation: { id: 7, state: 'inuse' } }),
  at(4, { class: physics, title: 'Debian 12', image: 'debian' }),
  at(20, { reservation: { id: 8, state: 'new' }, end: Date.now() + 44 * hour }),
  at(24, { class: { ...physics, teaches: true }, title: 'Debian 12', image: 'debian' }),
];

/** `asked` is told what was changed. */
export function calendars(asked: string[]): CalendarServices {
  return {
    ownCalendar: async (me, { from, until }) =>
      me.id === 3 ? entries().filter(({ start, end }) => start < until && end > from) : [],
    calendarEntry: async (_me, id) => at(3, { reservation: { id, state: 'new' } }),
    calendarAddress: async ({ id }) => ({
      ...{ madeAt: id === 3 ? Date.now() - 30 * hour : null, readAt: null, invited: true },
    }),
    newCalendarAddress: async () => 'new-secret-of-a-calendar',
    revokeCalendarAddress: async () => void asked.push('revoke-calendar-address'),
    publishedCalendar: async () => Promise.reject(new LabError('calendar.unknown')),
    setInvited: async (_me, invited) => void asked.push(`invited ${invited}`),
  };
}
