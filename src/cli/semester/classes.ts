import { reading } from '../../../db/transaction.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import { courseName } from './world.ts';

/** A date on which a class of the script is held. */
export interface ClassDate {
  readonly id: number;
  readonly number: number;
  readonly start: number;
  readonly seats: number;
}

export function datesOfClasses({ db }: ServiceDeps): Promise<ClassDate[]> {
  return reading(db, async (reader) => {
    const rows = await reader.rows<{ id: number; start_at: number; seats: number; name: string }>(
      `SELECT d.id, d.start_at, d.seats, g.name FROM block_dates d JOIN blocks b ON b.id = d.block_id
         JOIN user_groups g ON g.id = b.group_id WHERE d.state = 'held' ORDER BY d.id`,
    );
    return rows.map(({ id, start_at: at, seats, name }) => {
      return { id, number: Number(name.slice(courseName(0).length - 1)) - 1, start: Number(at), seats };
    });
  });
}

/** The daemon is through with what teachers approved. */
export function areHeld({ db }: ServiceDeps): Promise<boolean> {
  return reading(db, async (reader) => {
    return (await reader.rows("SELECT id FROM blocks WHERE state = 'approving' LIMIT 1")).length === 0;
  });
}

/** How many of its seats nobody could sit in now. */
export function notReady({ db }: ServiceDeps, { id, seats }: ClassDate): Promise<number> {
  return reading(db, async (reader) => {
    const [row] = await reader.rows<{ n: number }>(
      "SELECT COUNT(DISTINCT seat) AS n FROM allocations WHERE block_date_id = ? AND state IN ('ready', 'inuse') AND released_at IS NULL",
      [id],
    );
    return seats - Number(row?.n);
  });
}
