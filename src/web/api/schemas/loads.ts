/** Loads of nodes, with their phases. */
import { z } from 'zod';
import { loadOutcomes, loadPhases } from '../../../domain/load-phases.ts';
import { filterText, id, PageQuery, time } from './common.ts';

const phase = z.enum(loadPhases);

export const LoadsQuery = PageQuery.extend({
  outcome: z.enum(loadOutcomes, 'is no outcome of a load.').optional(),
  node: filterText.describe('The node’s name.'),
  image: filterText.describe('The image’s name.'),
  pool: filterText.describe('The pool’s name.'),
});

const PhaseTimeSchema = z.object({
  phase,
  milliseconds: z.number(),
  bytes: z.number().nullable().describe('What was written in it, where that is known.'),
});

export const LoadSchema = z.object({
  id,
  node: z.object({ id, name: z.string().nullable() }),
  pool: z.string().nullable(),
  taskId: id,
  reservation: z.object({ id, user: z.string() }).nullable(),
  why: z.string(),
  image: z.string(),
  model: z.string().describe('The kind of machine, as its BMC says; empty where nobody does.'),
  outcome: z.enum(loadOutcomes),
  at: time,
  milliseconds: z.number().describe('Of one that runs: until now.'),
  phases: z.array(PhaseTimeSchema).describe('In the order they came; together they are all of it.'),
  usual: z.array(PhaseTimeSchema).describe('What such loads usually take; empty while nobody knows.'),
  slower: z
    .array(z.object({ phase, milliseconds: z.number(), usual: z.number() }))
    .describe('What took at least twice as long as usual at the time.'),
  step: z.string().nullable().describe('What is said of it now.'),
  fraction: z.number().nullable(),
  failure: z.string().nullable(),
});
