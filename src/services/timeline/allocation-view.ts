import type { AllocationListRow } from '../../../db/queries/timeline.ts';
import type { AllocationView } from '../views.ts';

export function allocationView(row: AllocationListRow): AllocationView {
  return {
    ...{ id: row.id, nodeId: row.node_id, node: row.node_name, reservationId: row.reservation_id },
    ...{ purpose: row.purpose, state: row.state },
    ...{ start: Number(row.start_at), end: Number(row.end_at) },
    ...{ from: Number(row.hold_from), until: Number(row.held_until) },
    ...{ user: row.user_name, image: row.image_title, of: partOf(row) },
  };
}

function partOf({ block_id, course, closing_id, closing, purpose }: AllocationListRow): AllocationView['of'] {
  if (block_id !== null) return { kind: 'block', id: block_id, title: course ?? '' };
  if (closing_id === null || (purpose !== 'maintenance' && purpose !== 'schedule')) return null;
  return { kind: purpose, id: closing_id, title: closing ?? '' };
}
