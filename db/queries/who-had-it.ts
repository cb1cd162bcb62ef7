import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

/** Somebody's time with a node. */
export interface SpellRow {
  reservation_id: number;
  user_id: number;
  user_name: string;
  display_name: string;
  email: string | null;
  image_name: string;
  image_title: string;
  ready_at: number | null;
  start_at: number;
  ended_at: number | null;
  node_id: number | null;
  node_name: string | null;
  place_id: number | null;
}

const columns = `r.id AS reservation_id, u.id AS user_id, u.name AS user_name, u.display_name, u.email, i.name AS image_name, i.title AS image_title,
  r.ready_at, r.start_at, r.ended_at, n.id AS node_id, n.name AS node_name, n.place_id`;
const joins = 'JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id';

/** Ways in on a port that were opened before `at`, newest first; each is its reservation's until that has ended. */
export function spellsOfPort(
  reader: Reader,
  port: number,
  at: number,
): Promise<(SpellRow & { data: string; opened_at: number })[]> {
  return reader.rows(
    `SELECT ${columns}, e.data, e.at AS opened_at FROM events e JOIN reservations r ON r.id = e.reservation_id ${joins}
       LEFT JOIN nodes n ON n.id = e.node_id WHERE e.port = ? AND e.at <= ? ORDER BY e.at DESC LIMIT 50`,
    [port, at],
  );
}

/** Whose a node was at that time. */
export function spellsOfNode(reader: Reader, node: string, at: number): Promise<SpellRow[]> {
  return reader.rows(
    `SELECT ${columns} FROM nodes n JOIN allocations a ON a.node_id = n.id JOIN reservations r ON r.id = a.reservation_id ${joins}
       WHERE n.name = ? AND a.state <> 'failed' AND a.start_at <= ? AND (a.released_at IS NULL OR a.released_at >= ?)
         AND (r.ended_at IS NULL OR r.ended_at >= ?) ORDER BY a.start_at DESC LIMIT 10`,
    [node, at, at, at],
  );
}

export interface AccessRow {
  reservation_id: number;
  at: number;
  kind: string;
  port: number | null;
  data: string;
  /** Who came, where that is known. */
  actor: string | null;
}

/** What is known of how people came in, oldest first. */
export async function accessRows(reader: Reader, reservationIds: readonly number[]): Promise<AccessRow[]> {
  if (reservationIds.length === 0) return [];
  return reader.rows(
    `SELECT e.reservation_id, e.at, e.kind, e.port, e.data, u.name AS actor FROM events e LEFT JOIN users u ON u.id = e.actor_id
       WHERE e.retention = 'access' AND e.reservation_id IN (${marks(reservationIds)}) ORDER BY e.id LIMIT 2000`,
    reservationIds,
  );
}

/** Others who had an account on servers, by login. */
export async function otherPeople(
  reader: Reader,
  reservationIds: readonly number[],
): Promise<{ reservation_id: number; name: string }[]> {
  if (reservationIds.length === 0) return [];
  return reader.rows(
    `SELECT s.reservation_id, u.name FROM server_accounts s JOIN users u ON u.id = s.user_id
       WHERE s.reservation_id IN (${marks(reservationIds)}) ORDER BY u.name`,
    reservationIds,
  );
}
