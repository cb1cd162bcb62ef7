import type { Reader } from '../transaction.ts';
import { naturally, startingWith } from './conditions.ts';

export interface FoundRow {
  kind: 'node' | 'person' | 'image' | 'reservation';
  id: number;
  name: string;
  detail: string;
}

const most = 10;

/** What begins with the words (an e-mail address: is it), at most ten of each kind. */
export async function searchRows(reader: Reader, words: string): Promise<FoundRow[]> {
  const like = startingWith(words);
  const byName = naturally(reader, 'name');
  const nodes = await reader.rows<FoundRow>(
    `SELECT 'node' AS kind, id, name, state AS detail FROM nodes WHERE LOWER(name) LIKE ? ESCAPE '!'
       OR LOWER(mac) = ? OR LOWER(management_host) = ? ORDER BY ${byName} LIMIT ${most}`,
    [like, words.toLowerCase(), words.toLowerCase()],
  );
  const people = await reader.rows<FoundRow>(
    `SELECT 'person' AS kind, id, name, display_name AS detail FROM users WHERE removed_at IS NULL AND
       (LOWER(name) LIKE ? ESCAPE '!' OR LOWER(display_name) LIKE ? ESCAPE '!' OR LOWER(email) = ?) ORDER BY ${byName} LIMIT ${most}`,
    [like, like, words.toLowerCase()],
  );
  const images = await reader.rows<FoundRow>(
    `SELECT 'image' AS kind, id, name, title AS detail FROM images WHERE deleted_at IS NULL AND
       (LOWER(name) LIKE ? ESCAPE '!' OR LOWER(title) LIKE ? ESCAPE '!') ORDER BY ${byName} LIMIT ${most}`,
    [like, like],
  );
  const [, number] = /^#?(\d{1,9})$/.exec(words) ?? [];
  const reservations = number === undefined ? [] : await reservationRows(reader, Number(number));
  return [...reservations, ...nodes, ...people, ...images];
}

function reservationRows(reader: Reader, id: number): Promise<FoundRow[]> {
  return reader.rows(
    `SELECT 'reservation' AS kind, r.id, i.title AS name, u.name AS detail FROM reservations r
       JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id WHERE r.id = ?`,
    [id],
  );
}
