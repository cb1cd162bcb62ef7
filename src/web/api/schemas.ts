/** What the API answers with and takes. Times are ISO 8601 in UTC, durations say their unit in their name. */
import { z } from 'zod';
import { allocationPurposes, nodeStates, reservationStates } from '../../domain/states.ts';
import { bookedMinutes, minutesNumber } from '../fields.ts';

const time = z.iso.datetime();
const id = z.int();
const reach = z.enum(['none', 'web', 'everything']).describe('What the machine may reach.');
const object = 'must be a JSON object.';

const timeIn = z.iso
  .datetime({
    offset: true,
    error: 'must be a time in ISO 8601 with its zone, such as 2026-09-01T08:00:00Z.',
  })
  .transform((text) => Date.parse(text));

const flag = z.enum(['true', 'false'], 'must be true or false.').transform((text) => text === 'true');

export const PageQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a number from 1 to 1000.')
    .transform(Number)
    .pipe(z.number().min(1, 'must be at least 1.').max(1000, 'must be at most 1000.'))
    .default(100)
    .meta({ description: 'How many at most, 1 to 1000.' }),
  cursor: z.string().max(500, 'is not a cursor of ours.').optional().describe('`next` of the answer before.'),
});

export const ReservationsQuery = PageQuery.extend({
  everybody: flag.optional().describe('For administrators: not only their own.'),
  live: flag.optional().describe('Only those that have not ended.'),
});

export const AllocationsQuery = PageQuery.extend({ from: timeIn, to: timeIn }).refine(
  ({ from, to }) => from < to,
  {
    path: ['to'],
    error: 'must be later than `from`.',
  },
);

export const ImagesQuery = z.object({ search: z.string().max(100, 'At most 100 characters.').optional() });

export const ReserveBody = z.object(
  {
    image: z
      .string('must be the name of an image, such as "tiny".')
      .min(1, 'must be the name of an image, such as "tiny".')
      .max(200, 'At most 200 characters.')
      .describe('Name of the image.'),
    minutes: bookedMinutes.describe('How long; from when it is ready, if it starts now.'),
    start: timeIn.nullish().describe('When it starts; absent: now.'),
  },
  object,
);

export const ExtendBody = z.object({ minutes: minutesNumber.describe('By how long.') }, object);

export const EndBody = z.object({ reason: z.string('must be text.').max(500).optional() }, object).optional();

export const AnnounceBody = z.object(
  {
    text: z.string('must be text.').trim().min(1, 'must not be empty.').max(500, 'At most 500 characters.'),
    until: timeIn.nullish(),
  },
  object,
);

const Step = z.object({
  id: z.enum(['booked', 'assigned', 'loading', 'booting', 'ready']),
  title: z.string(),
  state: z.enum(['done', 'now', 'todo', 'failed']),
  seconds: z.number().nullable(),
});

const Can = z.object({
  connect: z.boolean(),
  extend: z.boolean(),
  reboot: z.boolean(),
  reinstall: z.boolean(),
  start: z.boolean(),
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
  createdAt: time,
  readyAt: time.nullable(),
  acknowledgedAt: time.nullable(),
  connectedAt: time.nullable(),
  endedAt: time.nullable(),
  reason: z.string().nullable().describe('Why it ended or failed.'),
  simulated: z.boolean().describe('There is no machine behind it.'),
  reach: reach.nullable(),
  node: z.string().nullable(),
  poweredOff: z.boolean(),
  steps: z.array(Step),
  progress: z.number().nullable().describe('0 to 1 of the usual time, while it loads.'),
  progressText: z.string().nullable(),
  estimate: z.object({ usualMs: z.number(), nearlyAlwaysMs: z.number(), since: time }).nullable(),
  deadline: z.object({ kind: z.enum(['connect', 'log-in', 'reconnect']), at: time }).nullable(),
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

export const ExtensionSchema = z.object({ mostMinutes: z.int(), latestEnd: time, because: z.string() });

export const ImageSchema = z.object({
  id,
  name: z.string(),
  title: z.string(),
  description: z.string(),
  notes: z.string(),
  simulated: z.boolean(),
  revision: z.int().nullable(),
  cpus: z.int(),
  memoryMb: z.int(),
  diskMb: z.int(),
  maxMinutes: z.int().nullable(),
  readyInMs: z.number().nullable(),
  freeNow: z.int(),
  machines: z.int(),
  mostMinutes: z.int(),
  usualMinutes: z.int(),
});

export const NodeSchema = z.object({
  id,
  name: z.string(),
  state: z.enum(nodeStates),
  power: z.enum(['on', 'off', 'paused', 'crashed', 'unknown']),
  poolId: id,
  pool: z.string(),
  image: z.string().nullable(),
  simulated: z.boolean(),
  cpus: z.int(),
  memoryMb: z.int(),
  diskMb: z.int(),
  failure: z.string().nullable(),
  failedAt: time.nullable(),
  reservationId: id.nullable(),
  user: z.string().nullable(),
});

export const PoolSchema = z.object({
  id,
  name: z.string(),
  module: z.string(),
  moduleTitle: z.string(),
  simulated: z.boolean(),
  reach,
  nodes: z.int(),
  available: z.int(),
});

export const AllocationSchema = z.object({
  id,
  nodeId: id,
  reservationId: id.nullable(),
  purpose: z.enum(allocationPurposes),
  start: time,
  end: time,
});

export const AttentionSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      text: z.string(),
      since: time,
      hits: z.string().nullable(),
      action: z.string().nullable(),
    }),
  ),
  lookedAt: time,
});

export const AnnouncementSchema = z.object({ id, text: z.string(), until: time.nullable() });

export const HealthSchema = z.object({
  ready: z.boolean(),
  progress: z.number().describe('0 to 1.'),
  waitingFor: z.array(z.string()),
  version: z.string(),
});

export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  request: z.string().describe('Stands in the log too.'),
  fields: z.record(z.string(), z.string()).optional().describe('Field name to what is wrong with it.'),
  alternatives: z
    .array(
      z.object({
        kind: z.enum(['start', 'minutes', 'image', 'end-other']),
        label: z.string(),
        start: time.optional(),
        minutes: z.int().optional(),
        image: z.string().optional(),
        reservationId: id.optional(),
      }),
    )
    .optional()
    .describe('What would work instead.'),
});

/** A list's answer. `next` is the cursor of the following page, or null. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
