import { minute } from '../../src/domain/time.ts';
import type { Reader, Tx } from '../transaction.ts';

/** A booking whose person was told something else of it last, or nothing yet. */
export interface DueInvitation {
  reservation_id: number;
  version: number;
  start_at: number;
  end_at: number;
  ended_at: number | null;
  ready_at: number | null;
  live: number | null;
  image_id: number;
  title: string;
  /** Null: nothing yet. */
  told_sequence: number | null;
}

/** What begins sooner than so long after it was booked needs no calendar: its person waits for it. Milliseconds. */
const later = 30 * minute;
/** What moves by less is the same to a calendar; what ended early, by less than this, ended as it was to. */
const slight = minute;
const early = 5 * minute;
const most = 100;

const wants = 'u.email IS NOT NULL AND u.invited = 1 AND u.disabled_at IS NULL AND u.removed_at IS NULL';
const columns = `r.id AS reservation_id, r.version, r.start_at, r.end_at, r.ended_at, r.ready_at, r.live, r.image_id, m.title,
  i.sequence AS told_sequence`;
const booked = `FROM reservations r JOIN users u ON u.id = r.user_id JOIN images m ON m.id = r.image_id
  LEFT JOIN invitations i ON i.reservation_id = r.id`;
const told = `FROM invitations i JOIN reservations r ON r.id = i.reservation_id JOIN users u ON u.id = r.user_id
  JOIN images m ON m.id = r.image_id`;

function due(reader: Reader, one: number | null): Promise<DueInvitation[]> {
  const which = one === null ? '' : 'AND r.id = ?';
  const id = one === null ? [] : [one];
  return reader.rows(
    `SELECT * FROM (SELECT ${columns} ${booked} WHERE r.live = 1 AND r.open_ended = 0 AND r.state NOT IN ('waiting', 'offered') AND ${wants} ${which}
         AND ((i.reservation_id IS NULL AND r.start_at > ? AND r.start_at >= r.created_at + ${later})
           OR i.image_id <> r.image_id OR ABS(i.start_at - r.start_at) >= ${slight} OR ABS(i.end_at - r.end_at) >= ${slight})
       UNION ALL SELECT ${columns} ${told} WHERE i.end_at > ? AND i.cancelled_at IS NULL AND r.live IS NULL AND ${wants} ${which}
         AND (r.ready_at IS NULL OR r.ended_at <= r.start_at OR i.end_at - r.ended_at >= ${early})) due
       ORDER BY reservation_id LIMIT ${most}`,
    [...id, reader.now, reader.now, ...id],
  );
}

/** Up to a hundred at a time. */
export async function dueInvitations(reader: Reader): Promise<number[]> {
  return (await due(reader, null)).map((row) => row.reservation_id);
}

export async function dueInvitation(tx: Tx, reservationId: number): Promise<DueInvitation | null> {
  return (await due(tx, reservationId))[0] ?? null;
}

export interface Told {
  readonly start: number;
  readonly end: number;
  readonly imageId: number;
  readonly sequence: number;
  readonly cancelled: boolean;
}

/** Keeps what a booking's person is told now. False when somebody else told them in the meantime. */
export async function keepInvitation(tx: Tx, due: DueInvitation, told: Told): Promise<boolean> {
  const row = {
    ...{ start_at: told.start, end_at: told.end, image_id: told.imageId, sequence: told.sequence },
    cancelled_at: told.cancelled ? tx.now : null,
  };
  const { reservation_id: id, told_sequence: sequence } = due;
  if (sequence !== null)
    return (await tx.table('invitations').where({ reservation_id: id, sequence }).update(row)) === 1;
  await tx.table('invitations').insert({ reservation_id: id, ...row });
  return true;
}
