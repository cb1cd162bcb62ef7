import type { ReservationGroup } from '../../src/domain/states.ts';
import type { Reader } from '../transaction.ts';
import { Conditions, containing } from './conditions.ts';
import { type ReservationListRow, reservationSelect } from './reservations.ts';

/** Empty and absent ones do not filter. */
export interface ReservationFilter {
  readonly state?: ReservationGroup | undefined;
  /** A number, or a part of the image’s title or name, of the person’s name, or of why it ended. */
  readonly search?: string | undefined;
  /** Names; of the machines and pools that it has or had. */
  readonly person?: string | undefined;
  readonly image?: string | undefined;
  readonly node?: string | undefined;
  readonly pool?: string | undefined;
  /** Epoch milliseconds: some part of it lies within `from` <= t < `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Whose: one person’s id, or everybody’s. */
type Whose = number | undefined;

/** Takes the time it is. */
const coming = "(r.live = 1 AND r.state = 'new' AND r.start_at > ?)";

const searched = ['i.title', 'i.name', 'u.name', 'u.display_name', "COALESCE(r.reason, '')"];

function conditionsOf(reader: Reader, whose: Whose, filter: ReservationFilter): Conditions {
  const where = new Conditions();
  if (whose !== undefined) where.add('r.user_id = ?', whose);
  if (filter.state === 'ended') where.add('r.live IS NULL');
  if (filter.state === 'coming') where.add(coming, reader.now);
  if (filter.state === 'live') where.add(`r.live = 1 AND NOT ${coming}`, reader.now);
  if (filter.person) where.add('r.user_id = (SELECT id FROM users WHERE name = ?)', filter.person);
  if (filter.image) where.add('r.image_id IN (SELECT id FROM images WHERE name = ?)', filter.image);
  if (filter.node) where.add(had('y.name = ?'), filter.node);
  if (filter.pool) where.add(had('y.pool_id = (SELECT id FROM pools WHERE name = ?)'), filter.pool);
  if (filter.from !== undefined) where.add('COALESCE(r.ended_at, r.end_at) > ?', filter.from);
  if (filter.to !== undefined) where.add('r.start_at < ?', filter.to);
  if (filter.search) addSearch(where, filter.search);
  return where;
}

function had(machine: string): string {
  return `EXISTS (SELECT 1 FROM allocations x JOIN nodes y ON y.id = x.node_id WHERE x.reservation_id = r.id AND ${machine})`;
}

function addSearch(where: Conditions, words: string): void {
  const number = /^#?(\d{1,9})$/.exec(words)?.[1];
  const parts = searched.map((column) => `LOWER(${column}) LIKE ? ESCAPE '!'`);
  const values = searched.map(() => containing(words));
  if (number === undefined) where.add(`(${parts.join(' OR ')})`, ...values);
  else where.add(`(r.id = ? OR ${parts.join(' OR ')})`, Number(number), ...values);
}

const orders = {
  id: 'r.id',
  image: 'i.title',
  person: 'u.name',
  start: 'r.start_at',
  end: 'COALESCE(r.ended_at, r.end_at)',
} as const;
export type ReservationSort = keyof typeof orders;

interface Part {
  readonly sort: ReservationSort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

export function reservationRows(
  reader: Reader,
  whose: Whose,
  filter: ReservationFilter,
  { sort, descending, offset, limit }: Part,
): Promise<ReservationListRow[]> {
  const where = conditionsOf(reader, whose, filter);
  const way = descending ? 'DESC' : 'ASC';
  const order = sort === 'id' ? `r.id ${way}` : `${orders[sort]} ${way}, r.id ${way}`;
  return reader.rows(`${reservationSelect} WHERE ${where.sql} ORDER BY ${order} LIMIT ? OFFSET ?`, [
    ...where.bindings,
    limit,
    offset,
  ]);
}

/** Before an id, newest first; `live`: only those that have not ended. */
export function reservationRowsBefore(
  reader: Reader,
  whose: Whose,
  filter: ReservationFilter & { readonly live?: boolean | undefined },
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<ReservationListRow[]> {
  const where = conditionsOf(reader, whose, filter);
  if (filter.live) where.add('r.live = 1');
  if (before !== undefined) where.add('r.id < ?', before);
  return reader.rows(`${reservationSelect} WHERE ${where.sql} ORDER BY r.id DESC LIMIT ?`, [
    ...where.bindings,
    limit,
  ]);
}

/** How many there are in each group; the filter's own is left out, so that another one can be chosen. */
export async function countReservations(
  reader: Reader,
  whose: Whose,
  filter: ReservationFilter,
): Promise<Readonly<Record<ReservationGroup, number>>> {
  const where = conditionsOf(reader, whose, { ...filter, state: undefined });
  const people = filter.search ? 'JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id' : '';
  const [row] = await reader.rows<{ n: number; unended: number | null; coming: number | null }>(
    `SELECT COUNT(*) AS n, SUM(CASE WHEN r.live = 1 THEN 1 ELSE 0 END) AS unended,
        SUM(CASE WHEN ${coming} THEN 1 ELSE 0 END) AS coming FROM reservations r ${people} WHERE ${where.sql}`,
    [reader.now, ...where.bindings],
  );
  const unended = Number(row?.unended ?? 0);
  const later = Number(row?.coming ?? 0);
  return { live: unended - later, coming: later, ended: Number(row?.n ?? 0) - unended };
}
