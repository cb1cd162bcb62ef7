import { day } from '../../../domain/time.ts';
import type { CalendarEntry } from '../../../services/views.ts';
import { makeClock } from '../../clock.ts';
import { defineOperation, type Operation } from '../operation.ts';
import * as schema from '../schemas/calendar.ts';

const usualDays = 28;
const address = '/calendar/address';
const who = 'own-account' as const;

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

function present({ title: imageTitle, start, end, ...entry }: CalendarEntry) {
  return { ...entry, imageTitle, start: iso(start), end: iso(end) };
}

const getCalendar = defineOperation({
  ...{ id: 'getCalendar', method: 'get', path: '/calendar', who: 'signed-in' },
  summary: 'One’s reservations and the classes of one’s courses.',
  query: schema.CalendarQuery,
  answers: { 200: { description: 'What there is, in order.', schema: schema.CalendarSchema } },
  async run({ services, me, query }) {
    const { from = makeClock(null).now, until = from + usualDays * day } = query;
    const entries = await services.ownCalendar(me, { from, until });
    return { status: 200, body: { items: entries.map(present) } };
  },
});

const getAddress = defineOperation({
  ...{ id: 'getCalendarAddress', method: 'get', path: address, who },
  summary: 'Whether one’s calendar has a private address; not the address itself.',
  answers: { 200: { description: 'What is known of it.', schema: schema.CalendarAddressSchema } },
  async run({ services, me }) {
    const { madeAt, readAt, invited } = await services.calendarAddress(me);
    return { status: 200, body: { madeAt: isoOrNull(madeAt), readAt: isoOrNull(readAt), invited } };
  },
});

const newAddress = defineOperation({
  ...{ id: 'newCalendarAddress', method: 'post', path: address, who, eachTime: true },
  summary: 'A new private address (iCalendar); an older one leads nowhere any more.',
  answers: { 201: { description: 'The address, this once.', schema: schema.NewAddressSchema } },
  async run({ services, me }) {
    return { status: 201, body: { path: `/ical/${await services.newCalendarAddress(me)}.ics` } };
  },
});

const revokeAddress = defineOperation({
  ...{ id: 'revokeCalendarAddress', method: 'delete', path: address, who },
  summary: 'The private address leads nowhere any more.',
  answers: { 204: { description: 'It is revoked.' } },
  async run({ services, me }) {
    await services.revokeCalendarAddress(me);
    return { status: 204 };
  },
});

const setInvitations = defineOperation({
  ...{ id: 'setInvitations', method: 'put', path: '/calendar/invitations', who },
  summary: 'Whether what one books for later is mailed as an invitation.',
  body: schema.InvitationsBody,
  answers: { 204: { description: 'So it is.' } },
  async run({ services, me, body }) {
    await services.setInvited(me, body.invited);
    return { status: 204 };
  },
});

export const calendarOperations: readonly Operation[] = [
  ...[getCalendar, getAddress, newAddress, revokeAddress, setInvitations],
];
