import { changes, type NewColumns, tables } from './tables.ts';

const added = {
  nodes: {
    aim_image_id: (t) => t.integer('aim_image_id').nullable(),
    aim_because: (t) => t.string('aim_because', 200).nullable(),
  },
  images: { warm_spares: (t) => t.integer('warm_spares').notNullable().defaultTo(0) },
  pools: { predictive: (t) => t.string('predictive', 20).notNullable().defaultTo('demand') },
  installation: {
    prediction_paused_at: (t) => t.bigInteger('prediction_paused_at').nullable(),
    demand_counted_until: (t) => t.bigInteger('demand_counted_until').nullable(),
  },
} satisfies NewColumns;

/** What people took of each image in each hour, and how many of those who wanted it at once found it loaded. */
const made = tables({
  demand_hours(t) {
    t.bigInteger('hour').notNullable();
    t.integer('image_id').notNullable();
    t.integer('taken').notNullable();
    t.integer('at_once').notNullable();
    t.integer('found').notNullable();
    t.primary(['hour', 'image_id']);
  },
});

/** What machines are to hold before anybody asks, and why. */
export const { up, down } = changes({ made, columns: added });
