/** What several resources share: times, ids, pages, problems. Times are ISO 8601 in UTC, durations say their unit in their name. */
import { z } from 'zod';
import { alternativeKinds } from '../../../domain/errors.ts';

export const time = z.iso.datetime();
export const id = z.int();
export const reach = z.enum(['none', 'web', 'everything']).describe('What the machine may reach.');

export const machineSize = z.object({ cpus: z.int(), memoryMb: z.int(), diskMb: z.int() });

/** A body: it names everything that may stand in it. */
export function bodyOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, 'must be a JSON object.');
}

export const timeIn = z.iso
  .datetime({
    offset: true,
    error: 'must be a time in ISO 8601 with its zone, such as 2026-09-01T08:00:00Z.',
  })
  .transform((text) => Date.parse(text));

export const flag = z.enum(['true', 'false'], 'must be true or false.').transform((text) => text === 'true');

export const filterText = z.string('must be text.').max(100, 'At most 100 characters.').optional();

export const PageQuery = z.strictObject({
  limit: z
    .string('must be a number from 1 to 1000.')
    .regex(/^\d{1,4}$/, 'must be a number from 1 to 1000.')
    .transform(Number)
    .pipe(z.number().min(1, 'must be at least 1.').max(1000, 'must be at most 1000.'))
    .default(100)
    .meta({ description: 'How many at most, 1 to 1000.' }),
  cursor: z
    .string('is not a cursor of ours.')
    .max(500, 'is not a cursor of ours.')
    .optional()
    .describe('`next` of the answer before.'),
});

/** A list's answer. `next` is the cursor of the following page, or null. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const Alternative = z.object({
  kind: z.enum(alternativeKinds),
  label: z.string(),
  start: time.optional(),
  minutes: z.int().optional(),
  image: z.string().optional(),
  reservationId: id.optional(),
});

export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  request: z.string().describe('Stands in the log too.'),
  fields: z.record(z.string(), z.string()).optional().describe('Field name to what is wrong with it.'),
  alternatives: z.array(Alternative).optional().describe('What would work instead.'),
});
