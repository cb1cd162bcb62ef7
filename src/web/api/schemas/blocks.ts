/** Seats of classes. */
import { z } from 'zod';
import { blockStates } from '../../../domain/blocks.ts';
import { tileStates } from '../../../services/block-views.ts';
import { bodyOf, id, PageQuery, time, timeIn } from './common.ts';

const text = z.string('must be text.').max(1_000, 'At most 1000 characters.');
const whole = z.int('must be a whole number.');
const date = z
  .string('must be a date.')
  .max(20, 'is no date.')
  .describe('Such as `2027-04-12`, of the course’s time zone.');
const clock = z
  .string('must be a time of day.')
  .max(10, 'is no time of day.')
  .describe('Such as `10:00`; an end at `00:00` is midnight.');
const hours = { from: clock, until: clock };
const series = {
  ...hours,
  ...{ first: date, last: date },
  except: z
    .array(date)
    .max(400, 'At most 400.')
    .optional()
    .describe('Dates of the series that are left out.'),
};
const weekday = whole.describe('1 for Monday to 7 for Sunday.');

export const RecurrenceSchema = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({
        kind: z.literal('weekly'),
        weekdays: z.array(weekday).max(7),
        every: whole,
        ...series,
      }),
      z.strictObject({
        kind: z.literal('monthly'),
        on: z.union(
          [z.strictObject({ day: whole }), z.strictObject({ nth: whole, weekday })],
          'must be a day, or an nth weekday.',
        ),
        ...series,
      }),
      z.strictObject({
        kind: z.literal('listed'),
        times: z.array(z.strictObject({ date, ...hours })).max(10_000, 'Too many.'),
      }),
      z.strictObject({ kind: z.literal('once'), date, ...hours }),
    ],
    'must be weekly, monthly, listed or once.',
  )
  .describe('By the clocks of the course’s time zone.');

const choice = bodyOf({
  start: timeIn.describe('Which date.'),
  skip: z.boolean('must be true or false.').optional(),
  seats: whole.optional(),
  image: text.optional(),
});

const wish = {
  courseId: id,
  image: text.describe('The environment’s name.'),
  seats: whole,
  recurrence: RecurrenceSchema,
  comment: text.optional(),
  graceMinutes: whole
    .nullable()
    .optional()
    .describe('So long after the start unclaimed seats go back; null: they stay.'),
  choices: z
    .array(choice, 'must be a list.')
    .max(400, 'At most 400.')
    .optional()
    .describe('Single dates that are otherwise.'),
};

export const BlockWishBody = bodyOf(wish);
export const PreviewBody = bodyOf({ ...wish, blockId: id.optional().describe('As a change of that block.') });
export const BlockChangeBody = bodyOf({
  ...wish,
  version: whole.optional().describe('The one that was read; another by now is refused.'),
});
export const DateChangeBody = bodyOf({
  ...{
    skip: z.boolean('must be true or false.').optional(),
    seats: whole.optional(),
    image: text.optional(),
  },
});
export const ApproveBody = bodyOf({
  version: whole.optional().describe('The one that was read; another by now is refused.'),
  skipsShort: z
    .boolean('must be true or false.')
    .optional()
    .describe('What does not fit any more is left out; else nothing is held.'),
}).default({});
export const RejectBody = bodyOf({ reason: text });

export const BlocksQuery = PageQuery.extend({
  course: z
    .string()
    .regex(/^\d{1,9}$/, 'must be the number of a course.')
    .transform(Number)
    .optional(),
  state: z.enum(blockStates, 'is no state of a block.').optional(),
});

const image = z.object({ name: z.string(), title: z.string() });

export const BlockSchema = z.object({
  id,
  course: z.object({ id, name: z.string() }),
  image,
  seats: z.int(),
  timeZone: z.string(),
  recurrence: RecurrenceSchema,
  when: z.string().describe('In words.'),
  comment: z.string(),
  graceMinutes: z.int().nullable(),
  state: z.enum(blockStates),
  says: z.string().nullable().describe('Why, in a sentence.'),
  askedBy: z.string(),
  decidedBy: z.string().nullable(),
  createdAt: time,
  ...{ dates: z.int(), held: z.int(), skipped: z.int() },
  first: time.nullable(),
  last: time.nullable(),
  version: z.int(),
});

export const BlockDetailSchema = BlockSchema.extend({
  occurrences: z.array(
    z.object({
      ...{ id, date: z.string(), start: time, end: time, seats: z.int(), image },
      state: z.enum(['asked', 'held', 'skipped']),
      says: z.string().nullable(),
      isOver: z.boolean(),
      ...{ held: z.int(), claimed: z.int(), lost: z.int() },
    }),
  ),
  can: z.object({ decide: z.boolean(), change: z.boolean(), withdraw: z.boolean() }),
});

export const PreviewSchema = z.object({
  course: z.object({ id, name: z.string(), timeZone: z.string() }),
  image,
  when: z.string(),
  dates: z.array(
    z.object({
      ...{ date: z.string(), start: time, end: time, seats: z.int(), image },
      fit: z.enum(['fits', 'fewer', 'none', 'skipped']),
      fitting: z.int().describe('How many seats there are, at most as many as are asked for.'),
      says: z.string().nullable(),
      others: z.array(image).describe('Other environments of which there are as many.'),
    }),
  ),
  fitting: z.int(),
  short: z.int(),
  warnings: z.array(z.string()).describe('What is in the way besides machines, in sentences.'),
});

export const WallSchema = z.object({
  ...{
    blockId: id,
    dateId: id,
    course: z.string(),
    image,
    timeZone: z.string(),
    start: time,
    end: time,
    now: time,
  },
  seats: z.int(),
  canRun: z.boolean().describe('Its seats are held, and it is not over.'),
  isEnding: z.boolean().describe('It was ended early, and can go on after all until its end.'),
  hasBegun: z.boolean().describe('Its seats can be claimed, or have been.'),
  people: z
    .array(
      z.object({
        ...{ name: z.string(), displayName: z.string() },
        extra: z.int().describe('So many minutes longer than the class they keep their seat.'),
        isSeated: z.boolean(),
        isDown: z.boolean().describe('The machine of their seat does not start again.'),
      }),
    )
    .describe('Who attends its course.'),
  tiles: z.array(
    z.object({
      seat: z.int().nullable().describe('Null: a machine of that environment that somebody has anyway.'),
      state: z.enum(tileStates),
      ...{ person: z.string().nullable(), node: z.string().nullable(), reservationId: id.nullable() },
      fraction: z.number().nullable().describe('How far it is loaded, 0 to 1.'),
      ...{ isLoaded: z.boolean(), end: time },
    }),
  ),
});

export const TellBody = bodyOf({ text });
export const LongerBody = bodyOf({ minutes: whole });
const person = text.describe('The login of somebody who attends the course.');
export const ExtraBody = bodyOf({
  person,
  minutes: whole.describe('So much longer than the class; 0: no longer.'),
  later: z.boolean('must be true or false.').optional().describe('At the dates that follow, too.'),
});
/** For, or to, one student. */
export const StudentBody = bodyOf({ person });

export const ClassSchema = z.object({
  ...{ dateId: id, course: z.string(), image, start: time, end: time },
  opens: time.describe('From when on its seats can be taken.'),
  isOpen: z.boolean(),
  isEnding: z.boolean().describe('It was ended early: no seat can be taken any more.'),
  isFull: z.boolean().describe('It is open, and every seat is somebody’s.'),
  reservationId: id.nullable(),
});

export const ClassesSchema = z.object({ items: z.array(ClassSchema) });

export const ClaimedSchema = z.object({ reservationId: id });
