/** Machines that are not nodes yet, and what is said of one to make it a node. */
import { z } from 'zod';
import { firmwares } from '../../../domain/contracts/facts.ts';
import { bodyOf, id, time } from './common.ts';
import { nodePlace } from './machines.ts';

export const DiscoveredSchema = z.object({
  ...{ id, poolId: id, pool: z.string(), mac: z.string() },
  ...{ firstAt: time, lastAt: time, times: z.int().describe('How often it started from the network.') },
  ignored: z.boolean().describe('Somebody said that it is none of ours.'),
});
export const DiscoveredBody = bodyOf({ ignored: z.boolean('must be true or false.') });

const amount = z.int('must be a whole number.');
const typed = z.string('must be text.').max(255, 'At most 255 characters.').optional();
const portIn = z.int('must be a port.').min(1, 'must be a port.').max(65_535, 'must be a port.').optional();
const hardwareIn = {
  bmcHost: typed.describe('Of its BMC: an address or a name.'),
  bmcPort: portIn.describe('Absent: the usual one of the pool’s module.'),
  bmcUsername: typed,
  bmcPassword: typed.describe('It is in no answer.'),
  firmware: z.enum(firmwares, 'must be bios or uefi.').optional(),
  address: typed.describe('Where its own SSH answers once it is loaded.'),
  sshPort: portIn.describe('Absent: 22.'),
};
export const HardwareBody = bodyOf({
  ...hardwareIn,
  version: z.int('must be the version that was shown.').optional(),
});

export const NewNodesBody = bodyOf({
  pool: z.string('must be the name of a pool.'),
  image: z.string('must be the name of an image.').default(''),
  ...{ cpus: amount.default(1), memoryMb: amount.default(1024), diskMb: amount.default(10_240) },
  pattern: z
    .string('must be text.')
    .max(100, 'At most 100 characters.')
    .optional()
    .describe('lab[01-40], or lab% with from and to.'),
  ...{ from: amount.min(0).optional(), to: amount.min(0).max(999_999_999).optional() },
  mac: z.string('must be text.').optional().describe('The first one’s address; the next ones follow.'),
  csv: z
    .string('must be text.')
    .optional()
    .describe(
      'A table with the columns name, mac, cpus, memoryMb, diskMb, image; of bare metal also those of `hardware`.',
    ),
  hardware: bodyOf(hardwareIn)
    .optional()
    .describe(
      'Of bare metal. `bmcHost` and `address` are the first one’s and the next ones follow, or have a % where the node’s name stands.',
    ),
  commission: z
    .boolean('must be true or false.')
    .optional()
    .describe('Of bare metal: each is looked at and burnt in first, and in service only when it passes.'),
  dryRun: z.boolean('must be true or false.').optional().describe('Only say what is wrong with each.'),
});
export const NewNodesSchema = z.object({
  rows: z.array(
    z.object({
      ...{
        line: z.int(),
        name: z.string(),
        mac: z.string().nullable(),
        cpus: z.int(),
        memoryMb: z.int(),
        diskMb: z.int(),
      },
      bmc: z.string().nullable().describe('Of bare metal: where its BMC is.'),
      ...nodePlace,
      ...{ image: z.string(), problems: z.array(z.string()), id: id.nullable() },
    }),
  ),
});
