import { changes, type NewColumns } from './tables.ts';

const added = {
  // What a notice says is about this image; one that is about no reservation has 0 as its reservation.
  notices: { image_id: (t) => t.integer('image_id').nullable() },
} satisfies NewColumns;

const indexes = { notices_user_image: ['notices', 'user_id', 'image_id'] } as const;

/** What becomes of their images is told to people too. */
export const { up, down } = changes({ columns: added, indexes });
