import type { ReservationState } from '../../src/domain/states.ts';
import type { Reader } from '../transaction.ts';

export interface PersonReservationRow {
  id: number;
  state: ReservationState;
  title: string;
  node_name: string | null;
  start_at: number;
  end_at: number;
  ended_at: number | null;
  live: number | null;
}

/** The live ones, newest first, and then the last `ended` that are over. */
export async function reservationsOfPerson(
  reader: Reader,
  userId: number,
  ended: number,
): Promise<PersonReservationRow[]> {
  const select = `SELECT r.id, r.state, i.title, r.start_at, r.end_at, r.ended_at, r.live, n.name AS node_name
    FROM reservations r JOIN images i ON i.id = r.image_id
    LEFT JOIN allocations a ON a.id = (SELECT MAX(b.id) FROM allocations b WHERE b.reservation_id = r.id AND b.member = 0)
    LEFT JOIN nodes n ON n.id = a.node_id WHERE r.user_id = ?`;
  const live = await reader.rows<PersonReservationRow>(
    `${select} AND r.live = 1 ORDER BY r.id DESC LIMIT 100`,
    [userId],
  );
  const over = await reader.rows<PersonReservationRow>(
    `${select} AND r.live IS NULL ORDER BY r.id DESC LIMIT ?`,
    [userId, ended],
  );
  return [...live, ...over];
}

export interface PersonCountsRow {
  sessions: number;
  tokens: number;
  ssh_keys: number;
  images: number;
}

/** What they can come in with, and the images that are theirs. */
export async function countsOfPerson(reader: Reader, userId: number): Promise<PersonCountsRow> {
  const [row] = await reader.rows<PersonCountsRow>(
    `SELECT (SELECT COUNT(*) FROM sessions WHERE user_id = ? AND expires_at > ?) AS sessions,
            (SELECT COUNT(*) FROM api_tokens WHERE user_id = ?) AS tokens,
            (SELECT COUNT(*) FROM ssh_keys WHERE user_id = ?) AS ssh_keys,
            (SELECT COUNT(*) FROM images WHERE owner_id = ? AND deleted_at IS NULL) AS images`,
    [userId, reader.now, userId, userId, userId],
  );
  return {
    sessions: Number(row?.sessions ?? 0),
    tokens: Number(row?.tokens ?? 0),
    ssh_keys: Number(row?.ssh_keys ?? 0),
    images: Number(row?.images ?? 0),
  };
}
