/** People and groups. */
import { z } from 'zod';
import { limitKeys } from '../../../domain/limits.ts';
import { roles } from '../../../domain/may.ts';
import { personStates } from '../../../services/people.ts';
import { AuditEventSchema } from './administration.ts';
import { bodyOf, id, PageQuery, time } from './common.ts';

const text = z.string('must be text.').max(10_000, 'Much too long.');
const filter = z.string('must be text.').max(100, 'At most 100 characters.').optional();
const names = z.array(text, 'must be a list of names.').max(5_000, 'At most 5000 at once.');
const version = z
  .int('must be a number.')
  .optional()
  .describe('The one that was read; another by now is refused.');
const role = z.enum(roles, 'is no role.');

export const PeopleQuery = PageQuery.extend({
  search: filter.describe('A part of the login, the name or the e-mail address.'),
  group: filter.describe('The group’s name.'),
  role: role.optional(),
  state: z
    .enum(personStates, 'is no state of an account.')
    .optional()
    .describe('Absent: all but the removed.'),
});

export const PersonSchema = z.object({
  id,
  name: z.string().describe('The login.'),
  displayName: z.string(),
  email: z.string().nullable(),
  state: z.enum(personStates),
  role,
  groups: z.array(z.string()),
  reservations: z.int().describe('Live ones.'),
  createdAt: time,
  firstSignedInAt: time.nullable(),
  version: z.int(),
});

const limitName = z.enum(limitKeys);

export const PersonDetailSchema = PersonSchema.extend({
  disabledAt: time.nullable(),
  removedAt: time.nullable(),
  limits: z
    .array(z.object({ limit: limitName, value: z.int().nullable(), from: z.array(z.string()) }))
    .describe('What they may have, and which of their groups say so; null is no limit.'),
  bookings: z
    .array(
      z.object({
        ...{ id, title: z.string(), state: z.string(), node: z.string().nullable() },
        ...{ start: time, end: time, live: z.boolean() },
      }),
    )
    .describe('The live ones first, then the last ten that are over.'),
  events: z.array(AuditEventSchema),
  ...{ sessions: z.int(), tokens: z.int(), sshKeys: z.int(), images: z.int() },
});

export const NewPersonBody = bodyOf({
  name: text,
  displayName: text.optional(),
  email: text.optional(),
  groups: names.default([]),
  evenIfAlike: z
    .boolean('must be true or false.')
    .optional()
    .describe('Though the login looks like another’s.'),
});

export const NewAccountSchema = z.object({
  id,
  name: z.string(),
  password: z.string().nullable().describe('Told once; null when the same key had added it before.'),
});

export const NewPeopleBody = bodyOf({
  csv: z
    .string('must be text.')
    .describe('The first line names the columns: `login`, `displayName`, `email`, `groups`.'),
  groups: names.default([]).describe('For rows that name none.'),
  dryRun: z.boolean('must be true or false.').optional().describe('Only says what is wrong with each.'),
});

export const NewPeopleSchema = z.object({
  rows: z.array(
    z.object({
      ...{ line: z.int(), name: z.string(), displayName: z.string(), email: z.string().nullable() },
      ...{ groups: z.array(z.string()), problems: z.array(z.string()), notes: z.array(z.string()) },
      id: id.nullable().describe('Null: not added.'),
      password: z.string().nullable(),
    }),
  ),
});

export const PersonChangesBody = bodyOf({
  displayName: text.optional(),
  email: text.optional().describe('Empty: none.'),
  groups: names.optional().describe('These and no others.'),
  version,
});

export const ResetBody = bodyOf({ revokeTokens: z.boolean('must be true or false.').optional() }).default({});
export const PasswordSchema = z.object({
  password: z
    .string()
    .nullable()
    .describe('Told once, and must be changed; null when the same key had drawn it before.'),
});

export const DisableBody = bodyOf({
  reservations: z.enum(['leave', 'end'], 'must be leave or end.').default('leave'),
  reason: text.optional(),
}).default({ reservations: 'leave' });
export const DisabledSchema = z.object({ ended: z.int().describe('Reservations that were ended.') });

const limit = z.number('must be a whole number or null.').nullable().optional();
const limitShape = Object.fromEntries(limitKeys.map((key) => [key, limit])) as Record<
  (typeof limitKeys)[number],
  typeof limit
>;
const limits = z.strictObject(limitShape, 'must be limits.').describe('null: no limit.');

export const GroupSchema = z.object({
  id,
  name: z.string(),
  role,
  limits: z.object(
    Object.fromEntries(limitKeys.map((key) => [key, z.int().nullable()])) as Record<
      (typeof limitKeys)[number],
      z.ZodNullable<z.ZodInt>
    >,
  ),
  members: z.int(),
  images: z.int().describe('Published to it.'),
  version: z.int(),
});

export const GroupDetailSchema = GroupSchema.extend({
  sharedImages: z.array(z.object({ name: z.string(), title: z.string() })),
  people: z.array(PersonSchema),
  isCourse: z.boolean(),
  servers: z
    .array(z.object({ id, name: z.string() }))
    .describe('Whose people it says, or who looks after them: their reservations.'),
  hangs: z.string().nullable().describe('What keeps it from being deleted.'),
});

export const NewGroupBody = bodyOf({ name: text, role: role.optional(), limits: limits.optional() });
export const GroupChangesBody = bodyOf({
  ...{ name: text.optional(), role: role.optional(), limits: limits.optional() },
  version,
});
export const MembersBody = bodyOf({ add: names.optional(), remove: names.optional() });
export const MembersSchema = z.object({
  rows: z.array(z.object({ name: z.string(), done: z.boolean(), says: z.string() })),
});
