import { changes, type NewColumns } from './tables.ts';

const added = {
  users: {
    disabled_at: (t) => t.bigInteger('disabled_at').nullable(),
    removed_at: (t) => t.bigInteger('removed_at').nullable(),
  },
  user_groups: { version: (t) => t.integer('version').notNullable().defaultTo(1) },
  events: { port: (t) => t.integer('port').nullable() },
} satisfies NewColumns;

/** What administrators ask of a million rows: who had that port then, what happened to a node, what somebody did. */
const indexes = {
  events_port_at: ['events', 'port', 'at'],
  events_node: ['events', 'node_id', 'id'],
  events_task: ['events', 'task_id', 'id'],
  events_actor: ['events', 'actor_id', 'id'],
  events_kind: ['events', 'kind', 'id'],
  events_at: ['events', 'at'],
  tasks_parent: ['tasks', 'parent_id'],
  tasks_action: ['tasks', 'action', 'id'],
  reservations_state: ['reservations', 'state', 'id'],
} as const;

/** People who left, groups that two may edit, and the ways in that were opened. */
export const { up, down } = changes({ columns: added, indexes });
