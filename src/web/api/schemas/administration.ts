/** Tasks, events, and who had it. */
import { z } from 'zod';
import { id, PageQuery, time, timeIn } from './common.ts';

const text = z.string('must be text.').max(200, 'At most 200 characters.').optional();
const number = z
  .string('must be a number.')
  .regex(/^\d{1,9}$/, 'must be a number.')
  .transform(Number)
  .optional();
const states = ['running', 'queued', 'failed', 'done'] as const;

export const TasksQuery = PageQuery.extend({
  state: z.enum(states, 'is no state of a task.').optional(),
  action: text,
  node: text.describe('The node’s name.'),
  reservation: number,
});

export const EventsQuery = PageQuery.extend({
  kind: text,
  person: text.describe('The name of who did it.'),
  node: text.describe('The node’s name.'),
  reservation: number,
  from: timeIn.optional(),
  to: timeIn.optional(),
});

export const WhoQuery = z.strictObject({
  address: text.describe('With its port: `labs.example.org:22041`, or the port alone.'),
  node: text.describe('A node’s name, instead of an address.'),
  at: timeIn,
});

const named = z.object({ id, name: z.string() }).nullable();

export const TaskSchema = z.object({
  id,
  parentId: id.nullable(),
  action: z.string(),
  targetType: z.string(),
  targetId: id,
  state: z.enum(states),
  result: z.string().nullable(),
  attempt: z.int(),
  createdAt: time,
  runAfter: time,
  endedAt: time.nullable(),
  holder: z.string().nullable(),
  place: z.string().nullable(),
  node: named,
  reservation: z.object({ id, user: z.string() }).nullable(),
  stopping: z.boolean(),
  can: z.object({ retry: z.boolean(), stop: z.boolean() }),
});

export const AuditEventSchema = z.object({
  id,
  at: time,
  kind: z.string(),
  text: z.string(),
  actor: named,
  reservationId: id.nullable(),
  node: named,
  taskId: id.nullable(),
  keptUntil: time.nullable(),
});

export const TaskDetailSchema = TaskSchema.extend({
  stop: z.string().describe('What stopping it means, or why it cannot be stopped.'),
  tree: z.array(TaskSchema.extend({ depth: z.int() })),
  log: z.array(AuditEventSchema),
});

export const TaskBegunSchema = z.object({ task: id });

export const SpellSchema = z.object({
  reservationId: id,
  user: z.object({ id, name: z.string(), displayName: z.string(), email: z.string().nullable() }),
  image: z.string(),
  imageName: z.string(),
  node: z.string().nullable(),
  nodeId: id.nullable(),
  address: z.string().nullable(),
  from: time,
  until: time.nullable(),
  others: z.array(z.string()).describe('Others who have had an account on it: it is a server.'),
  cameFrom: z.array(
    z.object({
      address: z.string(),
      how: z.enum(['connect', 'terminal', 'files', 'ssh', 'ssh-told']),
      by: z.string().nullable().describe('Another than its person; null: its person, or nobody knows who.'),
      at: time,
    }),
  ),
});
