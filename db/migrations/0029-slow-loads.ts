import { changes, type NewColumns } from './tables.ts';

const added = {
  loads: { slow_at: (t) => t.bigInteger('slow_at').nullable() },
  load_times: { model: (t) => t.string('model', 120).notNullable().defaultTo('') },
} satisfies NewColumns;
const indexes = {
  load_times_model: ['load_times', 'image_id', 'pool_id', 'step', 'model', 'id'],
} as const;

/** From when on the phase that a load is in takes too long; on which model of machine a step took so long. */
export const { up, down } = changes({ columns: added, indexes });
