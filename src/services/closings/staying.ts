import type { ClosedBookingRow } from '../../../db/queries/closed-bookings.ts';
import type { StayingBookingView } from '../views.ts';

export function staying(row: ClosedBookingRow): StayingBookingView {
  return {
    ...{
      reservationId: row.reservation_id,
      nodeId: row.node_id,
      node: row.node_name,
      title: row.image_title,
    },
    ...{ user: row.user_name, displayName: row.display_name, email: row.email },
    ...{ start: row.start_at, end: row.end_at },
  };
}
