/** Everything that is known of one node. */
import { z } from 'zod';
import { firmwares } from '../../../domain/contracts/facts.ts';
import { allocationPurposes } from '../../../domain/states.ts';
import { id, time } from './common.ts';
import { LoadSchema } from './loads.ts';
import { NodeSchema } from './machines.ts';
import { AimSchema } from './prediction.ts';

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
  aim: AimSchema.nullable().describe(
    'What prediction wants it to hold, now or after whoever has it; null: what it has.',
  ),
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
