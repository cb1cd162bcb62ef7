/** Pools, what they can be told, and what a test of one found. */
import { z } from 'zod';
import { networkParts } from '../../../domain/contracts/provisioning.ts';
import { idleRulesShown, idleRulesTold } from '../../fields.ts';
import { bodyOf, id, reach, time } from './common.ts';

export const PoolSchema = z.object({
  id,
  name: z.string(),
  module: z.string(),
  moduleTitle: z.string(),
  simulated: z.boolean(),
  bareMetal: z.boolean().describe('Its machines are real, and entered with their BMC.'),
  reach,
  nodes: z.int(),
  available: z.int(),
});

const settingsSchema = z.array(
  z.object({
    ...{ name: z.string(), description: z.string(), kind: z.enum(['number', 'list', 'text']) },
    ...{ options: z.array(z.string()), value: z.unknown() },
  }),
);

export const PoolSettingsSchema = z.object({
  ...{ id, name: z.string(), module: z.string(), reach, version: z.int() },
  nodes: z.int(),
  fromNetwork: z.boolean().describe('Its machines start from a network, which is checked.'),
  settings: settingsSchema,
  ...idleRulesShown,
});

const nameIn = z
  .string('must be text.')
  .trim()
  .min(1, 'must not be empty.')
  .max(60, 'At most 60 characters.');
const reachIn = z.enum(['none', 'web', 'everything'], 'must be none, web or everything.');
const settingsIn = z.record(z.string(), z.unknown(), 'must be an object.');

export const PoolChangesBody = bodyOf({
  name: nameIn.optional(),
  reach: reachIn.optional(),
  settings: settingsIn.optional(),
  ...idleRulesTold,
  version: z.int('must be the version that was shown.').optional(),
});

export const NewPoolBody = bodyOf({
  name: nameIn,
  module: z.string('must be the name of a module.').max(40, 'At most 40 characters.'),
  reach: reachIn.optional(),
  place: z.string('must be text.').max(120, 'At most 120 characters.').optional(),
  settings: settingsIn.optional(),
  ...idleRulesTold,
});

const checksSchema = z.array(
  z.object({
    ...{ name: z.string(), result: z.enum(['fine', 'warning', 'wrong']), says: z.string() },
    mend: z.string().nullable().describe('How to mend it.'),
    part: z
      .enum(networkParts)
      .optional()
      .describe('Which part it is of the way that a machine takes to start from the network.'),
    by: z.string().optional().describe('Who answered there.'),
  }),
);

export const PoolNetworkSchema = z.object({
  pool: z.object({ id, name: z.string() }),
  place: z.string(),
  checkedAt: time.nullable().describe('Null: never.'),
  underWay: z.boolean().describe('Somebody wants it checked, and it is not yet.'),
  everySeconds: z.number().describe('How often it is checked by itself.'),
  wrongSince: time.nullable().describe('Since when something is wrong.'),
  checks: checksSchema.describe(
    'In the order in which a machine meets them; none where its machines start without a network.',
  ),
});

export const PoolTestSchema = z.object({
  taskId: id,
  state: z.enum(['queued', 'running', 'done', 'failed']),
  askedAt: time,
  endedAt: time.nullable(),
  place: z.string(),
  failure: z.string().nullable(),
  checks: checksSchema,
  outdated: z.boolean().describe('The pool was changed since.'),
});

export const PoolChoicesSchema = z.object({
  modules: z.array(
    z.object({ ...{ id: z.string(), title: z.string(), simulated: z.boolean() }, settings: settingsSchema }),
  ),
  places: z.array(z.string()),
});
