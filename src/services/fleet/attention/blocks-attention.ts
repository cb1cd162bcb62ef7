import { counted } from '../../../domain/counted.ts';
import { inWords } from '../../../domain/time.ts';
import type { AttentionKind } from './kind.ts';

const rows = "FROM blocks b WHERE b.state = 'asked'";

interface AskedRow {
  id: number;
  seats: number;
  course: string;
  image: string;
  person: string;
  created_at: number;
  dates: number;
  first_at: number | null;
}

/** Seats that a course asks for and about which nobody has decided: nothing is held before. */
export const undecidedBlocks: AttentionKind = {
  rows,
  async list(reader) {
    const found = await reader.rows<AskedRow>(
      `SELECT b.id, b.seats, b.created_at, (SELECT name FROM user_groups g WHERE g.id = b.group_id) AS course,
          (SELECT title FROM images i WHERE i.id = b.image_id) AS image, (SELECT display_name FROM users u WHERE u.id = b.asked_by) AS person,
          (SELECT COUNT(*) FROM block_dates d WHERE d.block_id = b.id) AS dates,
          (SELECT MIN(d.start_at) FROM block_dates d WHERE d.block_id = b.id AND d.start_at > ?) AS first_at
         ${rows} ORDER BY b.id LIMIT 500`,
      [reader.now],
    );
    return found.map((row) => {
      const next = row.first_at === null ? '' : `, the next in ${inWords(Number(row.first_at) - reader.now)}`;
      return {
        ...{ id: `block-${row.id}`, kind: 'block', since: Number(row.created_at), hits: row.person },
        text: `${row.course} asks for ${counted(row.seats, 'seat')} of ${row.image} on ${counted(Number(row.dates), 'date')}${next}. Nothing is held before it is decided.`,
        about: `/blocks/${row.id}`,
        action: { label: 'Decide', path: `/blocks/${row.id}`, link: true },
      };
    });
  },
};
