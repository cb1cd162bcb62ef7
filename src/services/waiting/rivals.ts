/** Who keeps a machine longer while somebody waits for one like it. */
import { couldServe, waitersInLine } from '../../../db/repositories/waiters.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { MoveDeps } from '../booking/move.ts';
import { planSource, plansFor, wantOf } from '../booking/plan.ts';

/** Since when somebody else waits for what this machine could give them; null where nobody does. Epoch milliseconds. */
export async function othersWaitSince(
  reader: Reader,
  deps: MoveDeps,
  userId: number,
  nodeId: number,
): Promise<number | null> {
  const rows = (await waitersInLine(reader)).filter((row) => row.user_id !== userId);
  const images = [...new Set(rows.map((row) => row.image_id))];
  for (const plan of (await plansFor(reader, planSource(deps, false), images)).values()) {
    if (await couldServe(reader, wantOf(plan, false), nodeId)) continue;
    images.splice(images.indexOf(plan.image.id), 1);
  }
  const first = rows.find((row) => images.includes(row.image_id));
  return first ? Number(first.created_at) : null;
}

/** Minutes that a reservation was extended by since then. */
export async function extendedSince(reader: Reader, reservationId: number, since: number): Promise<number> {
  const rows = await reader.rows<{ data: string }>(
    "SELECT data FROM events WHERE reservation_id = ? AND kind = 'extended' AND at >= ?",
    [reservationId, since],
  );
  return rows.reduce((sum, { data }) => sum + Number((JSON.parse(data) as { minutes: number }).minutes), 0);
}
