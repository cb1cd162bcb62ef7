import { bookingsWithin } from '../../../db/queries/closed-bookings.ts';
import { naturally } from '../../../db/queries/conditions.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { join, type MaintenanceRow, type MaintenanceState } from '../../../db/repositories/maintenance.ts';
import { inTransaction, type Reader, reading, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { horizonDays } from '../../domain/limits.ts';
import { may } from '../../domain/may.ts';
import { ceilQuarter, day, floorQuarter } from '../../domain/time.ts';
import { isZone } from '../../domain/wall-clock.ts';
import type { ClosingServices, MaintenanceWish, NodesPart } from '../closing-services.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { MaintenancePhase, MaintenanceView, SignedIn } from '../views.ts';
import { chosen, named, nodesOf } from './nodes-chosen.ts';
import { preview } from './preview.ts';
import { staying } from './staying.ts';
import { wakeClosings } from './wake.ts';

const mostReason = 200;
const mostOver = 50;
const mostNodes = 500;

type Maintenance = Omit<ClosingServices, `${string}Schedule` | 'listSchedules'>;

/** Windows in which nodes are out of service. */
export function maintenanceServices(deps: ServiceDeps): Maintenance {
  return {
    async listMaintenance(me) {
      refuseOthers(me);
      return reading(deps.db, list);
    },
    async getMaintenance(me, id, part = { offset: 0, limit: mostNodes }) {
      refuseOthers(me);
      return reading(deps.db, (reader) => detail(reader, id, part));
    },
    async previewMaintenance(me, wish) {
      refuseOthers(me);
      return reading(deps.db, async (reader) => {
        const made = checked(wish, reader.now);
        const nodes = await nodesOf(reader, await chosen(reader, wish.nodes));
        const window = { from: made.from_at, until: made.until_at };
        return preview(reader, deps, nodes, window, made.bookings);
      });
    },
    async addMaintenance(me, wish, once = {}) {
      refuseOthers(me);
      return inTransaction(deps.db, async (tx) => {
        const { id } = await doOnce(tx, me, once, ['add-maintenance', JSON.stringify(wish)], () =>
          add(tx, me, wish),
        );
        return { id };
      });
    },
    async editMaintenance(me, id, changes) {
      refuseOthers(me);
      await inTransaction(deps.db, (tx) => edit(tx, me, id, changes));
    },
    async endMaintenance(me, id) {
      refuseOthers(me);
      await inTransaction(deps.db, async (tx) => {
        const row = await guarded(tx, id);
        await tx.table('maintenance_windows').where({ id }).update({ ended_at: tx.now });
        const kind = tx.now < Number(row.from_at) ? 'maintenance.cancelled' : 'maintenance.ended';
        await addEvent(tx, { kind, actorId: me.id, data: { window: id, reason: row.reason } });
        await wakeClosings(tx);
      });
    },
  };
}

function refuseOthers(me: SignedIn): void {
  if (!may(me, 'calendar.manage')) throw new LabError('not-allowed');
}

/** Throws input.invalid naming what is wrong. */
function checked({ reason, timeZone, from, until, bookings }: Omit<MaintenanceWish, 'nodes'>, now: number) {
  const plain = reason.trim();
  if (plain === '' || plain.length > mostReason)
    throw invalid('reason', `Say what is done, in at most ${mostReason} characters: people read it.`);
  if (!isZone(timeZone)) throw invalid('timeZone', 'Name a time zone such as Europe/Berlin.');
  if (!Number.isFinite(from)) throw invalid('from', 'Say when it begins.');
  if (!Number.isFinite(until)) throw invalid('until', 'Say when it is over.');
  if (until <= from) throw invalid('until', 'It must end after it begins.');
  if (until <= now) throw invalid('until', 'That time is over already.');
  if (until > now + horizonDays * day) throw invalid('until', `At most ${horizonDays} days ahead.`);
  const times = { from_at: floorQuarter(from), until_at: ceilQuarter(until) };
  return { reason: plain, time_zone: timeZone, ...times, bookings };
}

async function add(tx: Tx, me: SignedIn, wish: MaintenanceWish): Promise<number> {
  const row = { ...checked(wish, tx.now), ...(await chosen(tx, wish.nodes)) };
  const id = await tx.insert('maintenance_windows', {
    ...row,
    created_by: me.id,
    created_at: tx.now,
    version: 1,
  });
  const [made] = await tx.rows<MaintenanceRow>('SELECT * FROM maintenance_windows WHERE id = ?', [id]);
  if (made) await join(tx, made);
  await addEvent(tx, { kind: 'maintenance.planned', actorId: me.id, data: { window: id, ...row } });
  await wakeClosings(tx);
  return id;
}

/** Its row, guarded, while it has not ended. */
async function guarded(tx: Tx, id: number, version?: number): Promise<MaintenanceRow> {
  const same = version === undefined ? '' : 'AND version = ?';
  const changed = await tx.change(
    `UPDATE maintenance_windows SET version = version + 1 WHERE id = ? ${same}`,
    [id, ...(version === undefined ? [] : [version])],
  );
  const row = await exists(tx, id);
  if (row.ended_at !== null || tx.now >= Number(row.until_at)) throw new LabError('maintenance.over');
  if (changed !== 1) throw new LabError('changed-meanwhile');
  return row;
}

async function exists(reader: Reader, id: number): Promise<MaintenanceRow> {
  const [row] = await reader.rows<MaintenanceRow>('SELECT * FROM maintenance_windows WHERE id = ?', [id]);
  if (!row) throw new LabError('not-found');
  return row;
}

async function edit(
  tx: Tx,
  me: SignedIn,
  id: number,
  { version, ...changes }: Parameters<ClosingServices['editMaintenance']>[2],
): Promise<void> {
  const row = await guarded(tx, id, version);
  const before = {
    ...{ reason: row.reason, timeZone: row.time_zone, bookings: row.bookings },
    ...{ from: Number(row.from_at), until: Number(row.until_at) },
  };
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const made = checked({ ...before, ...given }, tx.now);
  await tx.table('maintenance_windows').where({ id }).update(made);
  await addEvent(tx, { kind: 'maintenance.changed', actorId: me.id, data: { window: id, ...made } });
  await wakeClosings(tx);
}

const counts = `(SELECT COUNT(*) FROM maintenance_nodes m WHERE m.window_id = w.id) AS nodes,
  (SELECT COUNT(*) FROM maintenance_nodes m WHERE m.window_id = w.id AND m.state <> 'over'
    AND (m.held_version <> w.version OR w.ended_at IS NOT NULL OR w.until_at <= ? OR (m.state = 'planned' AND w.from_at <= ?))) AS waiting`;

type CountedRow = MaintenanceRow & { nodes: number; waiting: number };

async function list(reader: Reader): Promise<MaintenanceView[]> {
  const found = await reader.rows<CountedRow>(
    `SELECT w.*, ${counts} FROM maintenance_windows w
       ORDER BY CASE WHEN w.ended_at IS NULL AND w.until_at > ? THEN 0 ELSE 1 END,
         CASE WHEN w.ended_at IS NULL AND w.until_at > ? THEN w.from_at ELSE -w.from_at END LIMIT ${mostOver}`,
    [reader.now, reader.now, reader.now, reader.now],
  );
  return Promise.all(found.map((row) => viewOf(reader, row)));
}

async function viewOf(reader: Reader, row: CountedRow): Promise<MaintenanceView> {
  const [from, until] = [Number(row.from_at), Number(row.until_at)];
  return {
    ...{ id: row.id, reason: row.reason, timeZone: row.time_zone, from, until, bookings: row.bookings },
    nodes: await named(reader, row),
    phase: phaseOf(row, reader.now),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    ...{ version: row.version, count: Number(row.nodes), waiting: Number(row.waiting) },
  };
}

function phaseOf(row: CountedRow, now: number): MaintenancePhase {
  const [from, until] = [Number(row.from_at), Number(row.until_at)];
  const over = row.ended_at !== null || until <= now;
  if (over && Number(row.waiting) > 0) return 'ending';
  if (row.ended_at !== null && Number(row.ended_at) < from) return 'cancelled';
  if (over) return 'over';
  return now < from ? 'planned' : 'running';
}

async function detail(reader: Reader, id: number, { offset, limit }: NodesPart) {
  const [row] = await reader.rows<CountedRow & { by_name: string | null }>(
    `SELECT w.*, u.display_name AS by_name, ${counts} FROM maintenance_windows w LEFT JOIN users u ON u.id = w.created_by WHERE w.id = ?`,
    [reader.now, reader.now, id],
  );
  if (!row) throw new LabError('not-found');
  const nodes = await reader.rows<{ id: number; name: string; state: string; part: MaintenanceState }>(
    `SELECT n.id, n.name, n.state, m.state AS part FROM maintenance_nodes m JOIN nodes n ON n.id = m.node_id
       WHERE m.window_id = ? ORDER BY ${naturally(reader, 'n.name')} LIMIT ? OFFSET ?`,
    [id, limit, offset],
  );
  return {
    ...(await viewOf(reader, row)),
    by: row.by_name ?? '',
    affected: nodes,
    stays: (await bookingsWithin(reader, 'maintenance', id)).map(staying),
  };
}
