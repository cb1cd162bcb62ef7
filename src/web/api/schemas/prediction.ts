/** What machines are loaded with before anybody asks. */
import { z } from 'zod';
import { bodyOf, id, time } from './common.ts';

const hits = {
  atOnce: z.int().describe('People who wanted a machine at once within the last seven days.'),
  found: z.int().describe('Those of them whose image was loaded already.'),
};

export const PredictionSchema = z.object({
  pausedAt: time.nullable().describe('Null: machines are loaded ahead.'),
  modules: z.array(z.object({ id: z.string(), title: z.string(), says: z.string() })),
  pools: z.array(z.object({ id, name: z.string(), module: z.string(), nodes: z.int() })),
  images: z
    .array(
      z.object({
        ...{ name: z.string(), title: z.string() },
        spares: z.int().describe('So many idle machines are to hold it always.'),
        expected: z.number().describe('Likely to be taken at once within the next hour.'),
        ready: z.int().describe('Idle machines that hold it.'),
        loading: z.int().describe('Idle machines that are being loaded with it.'),
        next: z.int().describe('Machines that are loaded with it after whoever has them.'),
        ...hits,
      }),
    )
    .describe('The most expected first.'),
  lastWeek: z.object(hits),
  countedUntil: time.nullable().describe('Hours are counted when they are over.'),
});

export const PauseBody = bodyOf({ paused: z.boolean('must be true or false.') });

export const SparesBody = bodyOf({
  spares: z.int('must be a whole number.').describe('0 to 1000.'),
});

export const ModuleBody = bodyOf({
  module: z
    .string('must be the id of a module.')
    .max(40, 'At most 40 characters.')
    .describe('One of `modules`.'),
});

export const AimSchema = z.object({
  image: z.string().nullable().describe('Null: it is emptied.'),
  why: z.enum(['booked', 'spare', 'demand', 'popular', 'empty']),
  says: z.string().describe('The same in words.'),
});
