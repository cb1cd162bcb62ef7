import { bookingsWithin } from '../../../db/queries/closed-bookings.ts';
import { naturally } from '../../../db/queries/conditions.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { belongs } from '../../../db/repositories/maintenance.ts';
import type { ScheduleRow } from '../../../db/repositories/schedules.ts';
import { inTransaction, type Reader, reading, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { titleFault } from '../../domain/image-names.ts';
import { may } from '../../domain/may.ts';
import { isZone } from '../../domain/wall-clock.ts';
import { type OpenHours, openWeek } from '../../domain/weekly-hours.ts';
import type { ClosingServices, ScheduleWish } from '../closing-services.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { ScheduleView, SignedIn } from '../views.ts';
import { chosen } from './nodes-chosen.ts';
import { staying } from './staying.ts';
import { wakeClosings } from './wake.ts';

const mostName = 30;
const mostNodes = 500;

type Schedules = Pick<
  ClosingServices,
  'listSchedules' | 'getSchedule' | 'addSchedule' | 'editSchedule' | 'removeSchedule' | 'assignSchedule'
>;

/** Weekly hours in which nodes may be used. */
export function scheduleServices(deps: ServiceDeps): Schedules {
  return {
    async listSchedules(me) {
      refuseOthers(me);
      return reading(deps.db, async (reader) => (await rows(reader)).map(viewOf));
    },
    async getSchedule(me, id) {
      refuseOthers(me);
      return reading(deps.db, (reader) => detail(reader, id));
    },
    async addSchedule(me, wish, once = {}) {
      refuseOthers(me);
      const made = checked(wish);
      return inTransaction(deps.db, async (tx) => {
        const { id } = await doOnce(tx, me, once, ['add-schedule', JSON.stringify(wish)], async () => {
          await refuseTaken(tx, made.name, 0);
          const added = await tx.insert('schedules', { ...made, version: 1, created_at: tx.now });
          await note(tx, me, 'schedule.added', { schedule: added, ...made });
          return added;
        });
        return { id };
      });
    },
    async editSchedule(me, id, { version, ...changes }) {
      refuseOthers(me);
      await inTransaction(deps.db, async (tx) => {
        const row = await guarded(tx, id, version);
        const before = { name: row.name, timeZone: row.time_zone, hours: hoursOf(row) };
        const made = checked({ ...before, ...given(changes) });
        await refuseTaken(tx, made.name, id);
        await tx.table('schedules').where({ id }).update(made);
        await note(tx, me, 'schedule.changed', { schedule: id, ...made });
        await wakeClosings(tx);
      });
    },
    async removeSchedule(me, id) {
      refuseOthers(me);
      await inTransaction(deps.db, async (tx) => {
        const { name } = await guarded(tx, id);
        await tx.table('nodes').where({ schedule_id: id }).update({ schedule_id: null });
        await tx.table('schedules').where({ id }).delete();
        await note(tx, me, 'schedule.removed', { schedule: id, name });
        await wakeClosings(tx);
      });
    },
    async assignSchedule(me, id, nodes) {
      refuseOthers(me);
      return inTransaction(deps.db, async (tx) => {
        if (id !== null) await exists(tx, id);
        const { sql, bindings } = belongs(await chosen(tx, nodes));
        const other =
          id === null ? 'n.schedule_id IS NOT NULL' : '(n.schedule_id IS NULL OR n.schedule_id <> ?)';
        const which = await tx.rows<{ id: number }>(
          `SELECT n.id FROM nodes n WHERE ${sql} AND ${other} ORDER BY n.id`,
          [...bindings, ...(id === null ? [] : [id])],
        );
        for (const node of which) await tx.table('nodes').where({ id: node.id }).update({ schedule_id: id });
        await note(tx, me, 'schedule.assigned', {
          schedule: id,
          nodes: nodes.kind,
          named: nodes.named.slice(0, 20),
        });
        await wakeClosings(tx);
        return { changed: which.length };
      });
    },
  };
}

function refuseOthers(me: SignedIn): void {
  if (!may(me, 'calendar.manage')) throw new LabError('not-allowed');
}

function given<T extends object>(changes: T): Partial<ScheduleWish> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

/** Throws input.invalid naming what is wrong. */
function checked({ name, timeZone, hours }: ScheduleWish) {
  const plain = name.trim();
  const fault = plain.length > mostName ? `At most ${mostName} characters.` : titleFault(plain);
  if (fault !== null) throw invalid('name', fault);
  if (!isZone(timeZone)) throw invalid('timeZone', 'Name a time zone such as Europe/Berlin.');
  openWeek(hours);
  const plainHours = hours.map(({ day, from, until }) => ({ day, from, until }));
  return { name: plain, time_zone: timeZone, hours: JSON.stringify(plainHours) };
}

/** Its row, guarded; throws when it is another than was shown. */
async function guarded(tx: Tx, id: number, version?: number): Promise<ScheduleRow> {
  const same = version === undefined ? '' : 'AND version = ?';
  const changed = await tx.change(`UPDATE schedules SET version = version + 1 WHERE id = ? ${same}`, [
    id,
    ...(version === undefined ? [] : [version]),
  ]);
  const row = await exists(tx, id);
  if (changed !== 1) throw new LabError('changed-meanwhile');
  return row;
}

async function exists(reader: Reader, id: number): Promise<ScheduleRow> {
  const [row] = await reader.rows<ScheduleRow>('SELECT * FROM schedules WHERE id = ?', [id]);
  if (!row) throw new LabError('not-found');
  return row;
}

async function refuseTaken(tx: Tx, name: string, exceptId: number): Promise<void> {
  const [other] = await tx.rows('SELECT id FROM schedules WHERE name = ? AND id <> ?', [name, exceptId]);
  if (other) throw new LabError('name.taken', { fields: { name: `There is a schedule ${name} already.` } });
}

async function note(
  tx: Tx,
  me: SignedIn,
  kind: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  await addEvent(tx, { kind, actorId: me.id, data });
}

const kept = `s.*, (SELECT COUNT(*) FROM nodes n WHERE n.schedule_id = s.id) AS nodes,
  (SELECT COUNT(*) FROM nodes n WHERE n.schedule_id = s.id
    AND (n.held_schedule_id IS NULL OR n.held_schedule_id <> s.id OR n.held_schedule_version <> s.version)) AS waiting`;

type CountedRow = ScheduleRow & { nodes: number; waiting: number };

function rows(reader: Reader): Promise<CountedRow[]> {
  return reader.rows(`SELECT ${kept} FROM schedules s ORDER BY s.name`);
}

function hoursOf(row: ScheduleRow): OpenHours[] {
  return JSON.parse(row.hours) as OpenHours[];
}

function viewOf(row: CountedRow): ScheduleView {
  return {
    ...{ id: row.id, name: row.name, timeZone: row.time_zone, hours: hoursOf(row), version: row.version },
    ...{ nodes: Number(row.nodes), waiting: Number(row.waiting) },
  };
}

async function detail(reader: Reader, id: number) {
  const [row] = await reader.rows<CountedRow>(`SELECT ${kept} FROM schedules s WHERE s.id = ?`, [id]);
  if (!row) throw new LabError('not-found');
  const nodes = await reader.rows<{ id: number; name: string; held: number | null }>(
    `SELECT n.id, n.name, CASE WHEN n.held_schedule_id = ? AND n.held_schedule_version = ? THEN 1 END AS held
       FROM nodes n WHERE n.schedule_id = ? ORDER BY ${naturally(reader, 'n.name')} LIMIT ${mostNodes}`,
    [id, row.version, id],
  );
  return {
    ...viewOf(row),
    keptBy: nodes.map((node) => ({ id: node.id, name: node.name, waiting: node.held === null })),
    stays: (await bookingsWithin(reader, 'schedule', id)).map(staying),
  };
}
