/** One's own calendar. */
import { z } from 'zod';
import { bodyOf, id, time, timeIn } from './common.ts';

export const CalendarQuery = z.strictObject({
  from: timeIn.optional().describe('Now unless told.'),
  until: timeIn.optional().describe('28 days later unless told; 400 at most.'),
});

export const CalendarEntrySchema = z.object({
  uid: z.string().describe('The same in every calendar that it gets into.'),
  sequence: z.int().describe('Higher each time that it was changed.'),
  ...{ image: z.string(), imageTitle: z.string(), start: time, end: time },
  reservation: z
    .object({ id, state: z.string() })
    .nullable()
    .describe('Null: it is a class, in which they have no seat yet.'),
  class: z
    .object({
      blockId: id,
      dateId: id.describe('Of the class: its page is `/classes/{dateId}`.'),
      course: z.string(),
      seats: z.int(),
      teaches: z.boolean().describe('They teach it; else they may take a seat.'),
    })
    .nullable(),
});

export const CalendarSchema = z.object({ items: z.array(CalendarEntrySchema) });

export const CalendarAddressSchema = z.object({
  madeAt: time.nullable().describe('Null: there is none.'),
  readAt: time.nullable().describe('To the hour.'),
  invited: z.boolean().describe('Bookings are mailed as invitations.'),
});

export const NewAddressSchema = z.object({
  path: z.string().describe('Below the site’s address. Told here once: whoever has it reads the calendar.'),
});

export const InvitationsBody = bodyOf({ invited: z.boolean('must be true or false.') });
