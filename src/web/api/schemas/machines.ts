/** Images, nodes, pools and who has them when. */
import { z } from 'zod';
import { firmwares } from '../../../domain/contracts/facts.ts';
import { allocationPurposes, nodeStates, outFor } from '../../../domain/states.ts';
import { nodeActions } from '../../../services/services.ts';
import { bodyOf, filterText, id, machineSize, PageQuery, time, timeIn } from './common.ts';
import { LoadSchema } from './loads.ts';

export const ImagesQuery = PageQuery.extend({
  search: filterText,
});

export const NodesQuery = PageQuery.extend({
  search: filterText.describe('A part of its name, of its person’s, or of its address.'),
  state: z.enum(nodeStates, 'is no state of a node.').optional(),
  pool: filterText.describe('The pool’s name.'),
  image: filterText.describe('The name of the image on it.'),
});

export const AllocationsQuery = PageQuery.extend({ from: timeIn, to: timeIn }).refine(
  ({ from, to }) => from < to,
  {
    path: ['to'],
    error: 'must be later than `from`.',
  },
);

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
  mostMinutes: z.int(),
  usualMinutes: z.int(),
});

const place = {
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
  ...place,
});

const CleanedDiskSchema = z.object({
  ...{ name: z.string(), model: z.string(), serial: z.string(), bytes: z.int() },
  result: z
    .enum(['clean', 'left', 'failed'])
    .describe('"left": it is none of the machine’s own, and was left alone.'),
  method: z.string().describe('How, in words.'),
  ...{ seconds: z.int(), says: z.string().describe('Why, where it is not clean.') },
});

export const NodeDetailSchema = NodeSchema.extend({
  mac: z.string(),
  hardware: z
    .object({
      ...{ bmcHost: z.string(), bmcPort: z.int().nullable(), bmcUsername: z.string() },
      ...{ firmware: z.enum(firmwares), address: z.string().nullable(), sshPort: z.int() },
      silentSince: time.nullable().describe('Since when its BMC does not answer.'),
      askedAt: time.nullable().describe('When it was asked last.'),
      troubles: z.array(z.string()).describe('What is amiss with it or its machine, in sentences.'),
      bmc: z
        .object({
          ...{ manufacturer: z.string().nullable(), product: z.string().nullable() },
          ...{ version: z.string().nullable(), protocol: z.string(), warnings: z.array(z.string()) },
        })
        .nullable()
        .describe('What its BMC said of itself.'),
    })
    .nullable()
    .describe('Of bare metal.'),
  load: z.int().describe('How often it was loaded.'),
  tainted: z.boolean().describe('Somebody could have logged in to it since it was loaded.'),
  unclean: z
    .boolean()
    .describe('Somebody’s bytes may lie on its disks: it is cleaned before anybody else is given it.'),
  cleaned: z
    .object({ at: time, disks: z.array(CleanedDiskSchema) })
    .nullable()
    .describe('What came of its disks when they were cleaned last.'),
  nextImage: z.string().nullable().describe('The image that it is loaded anew with, after whoever has it.'),
  holder: z.object({ reservationId: id, user: z.string(), end: time }).nullable(),
  outFrom: time
    .nullable()
    .describe('From when it is out of service: after whoever has it, where that is wanted.'),
  coming: z.int().describe('Bookings that have not begun.'),
  work: z
    .object({
      ...{ id, title: z.string(), running: z.boolean(), because: z.string().nullable() },
      at: time.describe('When it runs by itself; lies behind while it runs.'),
    })
    .nullable()
    .describe('The task that works on it now, or waits for it.'),
  schedule: z.array(
    z.object({
      ...{ id, purpose: z.enum(allocationPurposes), from: time, until: time, start: time, end: time },
      ...{ reservationId: id.nullable(), user: z.string().nullable(), image: z.string().nullable() },
    }),
  ),
  loads: z.array(LoadSchema).describe('The last tries at loading it, newest first.'),
  events: z.array(
    z.object({ id, at: time, who: z.string().nullable(), text: z.string(), reservationId: id.nullable() }),
  ),
  images: z.array(z.string()).describe('Names of the images that it can be loaded with.'),
  inventory: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .describe('Of bare metal: what it is made of, as its agent found it; empty before it did.'),
  commissions: z
    .array(
      z.object({
        ...{ id, askedAt: time, by: z.string().nullable() },
        ...{ beganAt: time.nullable(), endedAt: time.nullable() },
        outcome: z.enum(['passed', 'failed']).nullable().describe('Null until it has ended.'),
        says: z.string().nullable().describe('Why it did not pass.'),
        parts: z.array(
          z.object({
            ...{ name: z.string(), result: z.enum(['fine', 'warning', 'failed']), says: z.string() },
            seconds: z.number().nullable().describe('How long it was tried.'),
            measured: z.object({ what: z.string(), value: z.number(), unit: z.string() }).nullable(),
          }),
        ),
      }),
    )
    .describe('Of bare metal: how it was looked at and burnt in, the last five, newest first.'),
  inspecting: z
    .object({ step: z.string(), fraction: z.number().nullable() })
    .nullable()
    .describe('How far it is while it is inspected.'),
});

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
      ...place,
      ...{ image: z.string(), problems: z.array(z.string()), id: id.nullable() },
    }),
  ),
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

export const AllocationSchema = z.object({
  id,
  nodeId: id,
  reservationId: id.nullable(),
  purpose: z.enum(allocationPurposes),
  start: time,
  end: time,
});

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
