/** Which nodes a list shows: conditions on the nodes `n`, their pools `p` and, where those are asked for, `i` and `u`. */
import type { Window } from '../../src/domain/time.ts';
import type { Reader } from '../transaction.ts';
import { Conditions, containing } from './conditions.ts';

export interface NodeFilter {
  /** A part of its name, of its person's, or of its address. */
  readonly search?: string | undefined;
  readonly state?: string | undefined;
  /** Names. */
  readonly pool?: string | undefined;
  readonly image?: string | undefined;
  readonly rack?: string | undefined;
  /** What is on it within a time. */
  readonly during?: DuringFilter | undefined;
}

export interface DuringFilter {
  readonly window: Window;
  /** Names of whose it is, and of what is on it. */
  readonly person?: string | undefined;
  readonly image?: string | undefined;
  /** Those that somebody has, or none but hours in which they are closed. */
  readonly only?: 'busy' | 'free' | undefined;
}

export function conditionsOf(reader: Reader, filter: NodeFilter): Conditions {
  const { search, state, pool, image, rack, during } = filter;
  const where = new Conditions();
  if (search) {
    const words = ['n.name', 'u.name', 'n.mac', 'n.management_host'];
    where.add(
      `(${words.map((word) => `LOWER(${word}) LIKE ? ESCAPE '!'`).join(' OR ')})`,
      ...words.map(() => containing(search)),
    );
  }
  if (state) where.add('n.state = ?', state);
  if (pool) where.add('p.name = ?', pool);
  if (image) where.add('i.name = ?', image);
  if (rack) where.add('n.rack = ?', rack);
  if (during) addDuring(where, reader, during);
  return where;
}

const ofImage = `LEFT JOIN reservations r ON r.id = a.reservation_id LEFT JOIN block_dates d ON d.id = a.block_date_id
  JOIN images m ON m.id = COALESCE(r.image_id, d.image_id)`;

function addDuring(where: Conditions, reader: Reader, { window, person, image, only }: DuringFilter): void {
  const { from, until } = window;
  if (person)
    where.add(
      `n.id IN (SELECT a.node_id FROM reservations r JOIN allocations a ON a.reservation_id = r.id
         WHERE r.user_id = (SELECT id FROM users WHERE name = ?) AND a.hold_from < ? AND COALESCE(a.released_at, a.hold_until) > ?)`,
      ...[person, until, from],
    );
  if (image) {
    const some = onIt(reader, window, ofImage, 'm.name = ?', image);
    where.add(some.sql, ...some.bindings);
  }
  if (only) {
    const some = onIt(reader, window, '', "a.purpose <> 'schedule'");
    where.add(only === 'busy' ? some.sql : `NOT ${some.sql}`, ...some.bindings);
  }
}

/** Something of that kind is on node `n` in the window; what is over is looked for only where the window has begun. */
function onIt(reader: Reader, { from, until }: Window, joins: string, is: string, ...bindings: string[]) {
  const one = (when: string) =>
    `EXISTS (SELECT 1 FROM allocations a ${joins} WHERE a.node_id = n.id AND ${when} AND ${is})`;
  const live = one('a.released_at IS NULL AND a.hold_from < ? AND a.hold_until > ?');
  const now = [until, from, ...bindings];
  if (from >= reader.now) return { sql: live, bindings: now };
  const over = one('a.released_at > ? AND a.released_at > a.hold_from AND a.hold_from < ?');
  return { sql: `(${live} OR ${over})`, bindings: [...now, from, until, ...bindings] };
}
