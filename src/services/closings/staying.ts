import type { ClosedBookingRow } from '../../../db/queries/closed-bookings.ts';
import type { StayingBookingView } from '../views.ts';

export function staying(row: ClosedBookingRow): StayingBookingView {
  const { block_id: blockId, block_date_id: dateId, course } = row;
  return {
    ...{
      reservationId: row.reservation_id,
      nodeId: row.node_id,
      node: row.node_name,
      title: row.image_title,
    },
    class: blockId === null || dateId === null ? null : { blockId, dateId, course: course ?? '' },
    ...{ user: row.user_name, displayName: row.display_name, email: row.email },
    ...{ start: row.start_at, end: row.end_at },
  };
}
