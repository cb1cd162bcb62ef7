/** Images, nodes and pools. */
import { z } from 'zod';
import { nodeStates, outFor } from '../../../domain/states.ts';
import { nodeActions } from '../../../services/services.ts';
import { bodyOf, filterText, id, machineSize, PageQuery, time } from './common.ts';

export const ImagesQuery = PageQuery.extend({
  search: filterText,
});

export const NodesQuery = PageQuery.extend({
  search: filterText.describe('A part of its name, of its person’s, or of its address.'),
  state: z.enum(nodeStates, 'is no state of a node.').optional(),
  pool: filterText.describe('The pool’s name.'),
  image: filterText.describe('The name of the image on it.'),
});

export const ImageSchema = z.object({
  id,
  name: z.string(),
  title: z.string(),
  description: z.string(),
  notes: z.string(),
  simulated: z.boolean(),
  revision: z.int().nullable(),
  cpus: z.int().describe('At least so many.'),
  memoryMb: z.int().describe('At least so much.'),
  diskMb: z.int().describe('At least so much.'),
  sizes: z
    .object({ least: machineSize, most: machineSize })
    .nullable()
    .describe('What the machines have that can run it; null: there is none.'),
  maxMinutes: z.int().nullable(),
  readyInMs: z.number().nullable(),
  freeNow: z.int(),
  machines: z.int(),
  together: z.int().describe('Machines that one has together: 1, or with those that come with it.'),
  mostMinutes: z.int(),
  usualMinutes: z.int(),
});

export const nodePlace = {
  rack: z.string().nullable().describe('The rack it stands in.'),
  unit: z.int().nullable().describe('The unit of the rack, from 1 at the bottom.'),
};

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
  since: time.describe('Since when it is in its state.'),
  leaves: z.enum(outFor).nullable().describe('What it is wanted out of service for.'),
  because: z.string().nullable().describe('Why it is out of service.'),
  version: z.int().describe('Grows with every change.'),
  reservationId: id.nullable(),
  user: z.string().nullable(),
  ...nodePlace,
});

export const NodeOrderBody = bodyOf({
  action: z.enum(nodeActions, `must be one of ${nodeActions.join(', ')}.`),
  when: z.enum(['after', 'now'], 'must be after or now.').optional(),
  reason: z.string('must be text.').trim().max(300, 'At most 300 characters.').optional(),
  image: z.string('must be text.').max(100, 'At most 100 characters.').optional(),
  version: z.int('must be the version that was shown.').optional(),
  dryRun: z.boolean('must be true or false.').optional().describe('Only say what would be done.'),
});

export const ConsoleSchema = z.object({ path: z.string().describe('On this site.') });

export const NodeOrderedSchema = z.object({ says: z.string() });

export const NodePlacesBody = bodyOf({
  places: z
    .array(
      bodyOf({
        node: z.string('must be text.').max(60, 'At most 60 characters.'),
        rack: z.string('must be text.').max(40, 'At most 40 characters.').nullable(),
        unit: z.int('must be a whole number.').nullable(),
      }),
    )
    .min(1)
    .max(1000),
});

export const NodePlacedSchema = z.object({ moved: z.int() });
