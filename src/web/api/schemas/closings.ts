/** Weekly hours and maintenance windows. */
import { z } from 'zod';
import { weekdays } from '../../../domain/weekly-hours.ts';
import { bodyOf, id, time, timeIn } from './common.ts';

const clock = z
  .string('must be a time of a day such as 08:00.')
  .max(5, 'must be a time of a day such as 08:00.');
const OpenHoursSchema = z.strictObject({
  day: z.enum(weekdays, 'must be a weekday such as monday.'),
  from: clock,
  until: clock.describe('24:00 is midnight; what is not after `from` is on the next day.'),
});
const zone = z.string('must be a time zone.').max(60, 'must be a time zone.').describe('`Europe/Berlin`.');
const version = z.int().optional().describe('The one that was shown: another by now is refused.');

export const NodesChosenSchema = z
  .strictObject({
    kind: z.enum(['all', 'pool', 'rack', 'nodes'], 'must be all, pool, rack or nodes.'),
    named: z.array(z.string().max(100)).max(10_000).default([]),
  })
  .describe('All nodes, or those of the named pools, of the named racks, or the named ones.');

const Staying = z.object({
  reservationId: id.nullable().describe('Null of a seat of a class that nobody has.'),
  class: z
    .object({ blockId: id, dateId: id, course: z.string() })
    .nullable()
    .describe('The class that it is a seat of.'),
  ...{ nodeId: id, node: z.string(), title: z.string(), user: z.string() },
  ...{ displayName: z.string(), email: z.string().nullable(), start: time, end: time },
});

export const ScheduleSchema = z.object({
  ...{ id, name: z.string(), timeZone: z.string(), hours: z.array(OpenHoursSchema), version: z.int() },
  nodes: z.int().describe('How many keep it.'),
  waiting: z.int().describe('How many of them are not closed yet as it says.'),
});
export const ScheduleDetailSchema = ScheduleSchema.extend({
  keptBy: z.array(z.object({ id, name: z.string(), waiting: z.boolean() })),
  stays: z.array(Staying).describe('Bookings that stay though their node is closed then, and whom to tell.'),
});
const scheduleName = z.string('must be text.').max(100, 'At most 30 characters.');
const hours = z.array(OpenHoursSchema, 'must be a list of times.').max(200, 'At most 200 times.');
export const NewScheduleBody = bodyOf({ name: scheduleName, timeZone: zone, hours });
export const ScheduleChangesBody = bodyOf({
  ...{ name: scheduleName.optional(), timeZone: zone.optional(), hours: hours.optional(), version },
});
export const AssignBody = bodyOf({ nodes: NodesChosenSchema });
export const AssignedSchema = z.object({ changed: z.int() });

const bookings = z
  .enum(['tell', 'end'], 'must be tell or end.')
  .describe(
    'What becomes of bookings that cannot be moved: their people are told, or they end when it begins.',
  );
const reason = z.string('must be text.').max(200, 'At most 200 characters.').describe('People read it.');
export const MaintenanceSchema = z.object({
  ...{ id, reason: z.string(), timeZone: z.string(), from: time, until: time },
  ...{ nodes: NodesChosenSchema, bookings },
  phase: z.enum(['planned', 'running', 'ending', 'over', 'cancelled']),
  ...{ endedAt: time.nullable(), version: z.int() },
  count: z.int().describe('Nodes in it.'),
  waiting: z.int().describe('Nodes that are not held, out or back yet as they should be.'),
});
export const MaintenanceDetailSchema = MaintenanceSchema.extend({
  by: z.string(),
  affected: z.array(
    z.object({
      ...{ id, name: z.string(), state: z.string() },
      part: z.enum(['planned', 'out', 'left', 'over']).describe('`left`: it was out of service already.'),
    }),
  ),
  stays: z.array(Staying),
});
const fate = z.enum(['moved', 'told', 'ended']);
export const MaintenancePreviewSchema = z.object({
  ...{ from: time, until: time, count: z.int(), moved: z.int(), told: z.int(), ended: z.int() },
  nodes: z.array(
    z.object({
      ...{ id, name: z.string() },
      bookings: z.array(
        z.object({
          ...{ title: z.string(), user: z.string(), start: time, end: time },
          ...{ running: z.boolean(), fate },
        }),
      ),
    }),
  ),
  more: z.boolean(),
});
const times = { from: timeIn, until: timeIn };
export const NewMaintenanceBody = bodyOf({
  ...{ reason, timeZone: zone.default('UTC'), ...times, nodes: NodesChosenSchema },
  bookings: bookings.default('tell'),
});
export const MaintenanceChangesBody = bodyOf({
  ...{
    reason: reason.optional(),
    timeZone: zone.optional(),
    from: timeIn.optional(),
    until: timeIn.optional(),
  },
  ...{ bookings: bookings.optional(), version },
});
