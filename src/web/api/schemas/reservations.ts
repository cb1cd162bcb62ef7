/** Reservations: what they are asked for with, and what is told of them. */
import { z } from 'zod';
import { reservationGroups, reservationStates } from '../../../domain/states.ts';
import { bookedMinutes, minutesNumber } from '../../fields.ts';
import {
  Alternative,
  bodyOf,
  filterText,
  flag,
  id,
  machineSize,
  PageQuery,
  reach,
  time,
  timeIn,
} from './common.ts';

export const ReservationsQuery = PageQuery.extend({
  everybody: flag.optional().describe('For administrators: not only their own.'),
  live: flag.optional().describe('Only those that have not ended.'),
  state: z
    .enum(reservationGroups, `is none of ${reservationGroups.join(', ')}.`)
    .optional()
    .describe('Where they are in time: had now, begins later, over.'),
  search: filterText.describe(
    'A number, or a part of the image’s title or name, of the person’s name, or of why it ended.',
  ),
  person: filterText.describe('The person’s name.'),
  image: filterText.describe('The image’s name.'),
  node: filterText.describe('The name of a node that it has or had.'),
  pool: filterText.describe('The name of that node’s pool.'),
  from: timeIn.optional().describe('Those of which some part lies at or after it.'),
  to: timeIn.optional().describe('Those of which some part lies before it.'),
});

export const ReserveBody = bodyOf({
  image: z
    .string('must be the name of an image, such as "tiny".')
    .min(1, 'must be the name of an image, such as "tiny".')
    .max(200, 'At most 200 characters.')
    .describe('Name of the image.'),
  minutes: bookedMinutes.describe('How long; from when it is ready, if it starts now.'),
  start: timeIn.nullish().describe('When it starts; absent: now.'),
  imaging: z
    .boolean('must be true or false.')
    .optional()
    .describe('To make an image of it: 12 hours at least, and saved by itself at its end.'),
  revision: z
    .int('must be the number of a revision.')
    .positive('must be the number of a revision.')
    .optional()
    .describe('Another revision than the production one, for those who manage the image.'),
});

export const ChangeBody = bodyOf({
  image: z
    .string('must be the name of an image, such as "tiny".')
    .min(1)
    .max(200, 'At most 200 characters.')
    .optional(),
  start: timeIn.optional(),
  minutes: bookedMinutes.optional(),
  revision: z
    .int('must be the number of a revision.')
    .positive('must be the number of a revision.')
    .nullish()
    .describe('Null: what is production by then.'),
  version: z
    .string('must be text.')
    .max(100, 'At most 100 characters.')
    .optional()
    .describe('Of the reservation as it was read: if it was changed since, this is refused.'),
});

const count = z.coerce
  .number('must be a whole number of machines.')
  .int('must be a whole number of machines.')
  .min(1, 'must be at least 1.')
  .max(1000, 'must be at most 1000.');

const wish = {
  image: z.string('must be the name of an image.').min(1).max(200, 'At most 200 characters.'),
  count: count.default(1).describe('Machines at the same time.'),
};

const minutesText = z.coerce.number('must be a whole number of minutes.').pipe(bookedMinutes);

export const AvailabilityQuery = z
  .strictObject({
    ...wish,
    start: timeIn.optional().describe('Absent: now.'),
    minutes: minutesText.optional().describe('For how long; this or `end`.'),
    end: timeIn.optional().describe('Until when, instead of `minutes`.'),
    imaging: flag.optional().describe('To make an image of it.'),
  })
  .refine(({ minutes, end }) => (minutes === undefined) !== (end === undefined), {
    path: ['minutes'],
    message: 'Say either minutes or end.',
  });

export const AvailabilitySchema = z.object({
  possible: z.boolean(),
  text: z.string().describe('When it would be ready, or why not.'),
  code: z.string().nullable().describe('Why not.'),
  free: z.int().nullable().describe('Machines that are free for all of that time.'),
  machines: z.int().nullable().describe('Machines that there are for it.'),
  costs: z
    .object({ course: z.string(), minutes: z.int(), leftMinutes: z.int() })
    .nullable()
    .describe('What it takes of a course’s hours, and what is left before; null: nothing.'),
  readyAt: time.nullable(),
  end: time.nullable(),
  alternatives: z.array(Alternative).describe('What would work instead: the next times that fit among them.'),
  fields: z.record(z.string(), z.string()).describe('Field name to what is wrong with it.'),
});

export const TimesQuery = z.strictObject({
  ...wish,
  minutes: minutesText.default(60),
  from: timeIn.optional().describe('The first start, rounded up to a quarter hour; absent: now.'),
  days: z.coerce
    .number('must be a number of days.')
    .int('must be a number of days.')
    .min(1, 'must be at least 1.')
    .max(7, 'must be at most 7.')
    .default(7)
    .describe('For how many days, hour by hour.'),
});

export const TimesSchema = z.object({
  image: z.string(),
  minutes: z.int(),
  count: z.int(),
  machines: z.int().describe('Machines that there are for it.'),
  earliest: z.array(time).describe('The next times at which it fits: the first is the earliest there is.'),
  slots: z.array(
    z.object({
      start: time,
      free: z.int().describe('Machines that can be had from then on, for that long.'),
      why: z
        .enum(['past', 'far', 'limit'])
        .nullable()
        .describe('Why you may not begin then, however many are free.'),
    }),
  ),
});

export const ExtendBody = bodyOf({ minutes: minutesNumber.describe('By how long.') });

export const ShortenBody = bodyOf({ minutes: minutesNumber.describe('How much is given back.') });

export const EndBody = bodyOf({
  reason: z.string('must be text.').max(500, 'At most 500 characters.').optional(),
}).optional();

const Step = z.object({
  id: z.enum(['booked', 'assigned', 'loading', 'booting', 'ready']),
  title: z.string(),
  state: z.enum(['done', 'now', 'todo', 'failed']),
  seconds: z.number().nullable(),
});

const Can = z.object({
  accept: z.boolean().describe('An offer: until its deadline.'),
  connect: z.boolean(),
  change: z.boolean(),
  extend: z.boolean(),
  shorten: z.boolean(),
  reboot: z.boolean(),
  reinstall: z.boolean(),
  start: z.boolean(),
  another: z.boolean().describe('Another machine in the place of one that is down.'),
  capture: z.boolean(),
  keep: z.boolean(),
  end: z.boolean(),
});

export const ReservationSchema = z.object({
  id,
  state: z.enum(reservationStates),
  image: z.string(),
  imageTitle: z.string(),
  user: z.string(),
  start: time,
  end: time,
  minutes: z.int(),
  version: z.string().describe('Another one when its start, length or image was changed.'),
  createdAt: time,
  readyAt: time.nullable(),
  acknowledgedAt: time.nullable(),
  connectedAt: time.nullable(),
  endedAt: time.nullable(),
  reason: z.string().nullable().describe('Why it ended or failed.'),
  simulated: z.boolean().describe('There is no machine behind it.'),
  reach: reach.nullable(),
  node: z.string().nullable(),
  size: machineSize.nullable().describe('What that machine has.'),
  machines: z
    .array(
      z.object({
        name: z.string().describe('What it is called inside.'),
        image: z.string(),
        node: z.string(),
        size: machineSize,
        state: z.enum(['waits', 'loading', 'ready', 'off', 'over']),
      }),
    )
    .describe('All of them where several are had together, its own first; empty where it is one.'),
  imaging: z.boolean().describe('It was taken to make an image.'),
  server: z
    .object({
      name: z.string(),
      openEnded: z.boolean().describe('Its end is carried forward.'),
      loginGroup: z.string().nullable(),
      adminGroup: z.string().nullable(),
    })
    .nullable()
    .describe('Where it is a server.'),
  captureFailure: z.string().nullable().describe('Why its capture did not succeed.'),
  poweredOff: z.boolean(),
  down: z.boolean().describe('It went down, or was switched off, and does not start again.'),
  steps: z.array(Step),
  progress: z.number().nullable().describe('0 to 1 of the usual time, while it loads.'),
  progressText: z.string().nullable(),
  estimate: z.object({ usualMs: z.number(), nearlyAlwaysMs: z.number(), since: time }).nullable(),
  deadline: z
    .object({ kind: z.enum(['answer', 'connect', 'log-in', 'reconnect', 'input', 'class']), at: time })
    .nullable(),
  can: Can.describe('What may be done to it now.'),
});

export const EventSchema = z.object({
  id,
  at: time,
  kind: z.string(),
  text: z.string(),
  detail: z.boolean(),
  state: z.enum(reservationStates),
  progress: z.number().nullable(),
});

export const ConnectionSchema = z.object({
  methods: z.array(
    z.object({
      method: z.literal('ssh'),
      machine: z.string().nullable().describe('What the machine is called inside; null: it is the only one.'),
      host: z.string(),
      port: z.int(),
      username: z.string(),
      password: z.string(),
      hostKeys: z.array(z.string()),
      command: z.string(),
      localOnly: z.boolean().describe('The address works from the server itself only.'),
    }),
  ),
  reach,
  notes: z.string(),
  sshKeys: z.int().describe('How many of the person’s own keys are on the machine.'),
});

export const ExtensionSchema = z.object({
  mostMinutes: z.int().describe('0 when it cannot be extended.'),
  latestEnd: time,
  because: z.string().describe('What stops it there.'),
});
