import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Database } from '../../db/connect.ts';
import { holdClosed, releaseClosed, releasePast } from '../../db/repositories/closings.ts';
import { moveHoldEnd, releaseHold } from '../../db/repositories/holds.ts';
import { tryBits } from '../../db/repositories/occupancy.ts';
import { closedBy, keepSchedule } from '../../db/repositories/schedules.ts';
import { inTransaction, reading, type Tx } from '../../db/transaction.ts';
import { day, floorQuarter, quarter, type Window } from '../../src/domain/time.ts';
import { union, within, without } from '../../src/domain/window-sets.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, makeLab } from '../helpers/lab.ts';

const schedules = [
  {
    id: 1,
    name: 'days',
    time_zone: 'Europe/Berlin',
    hours: hoursOf('monday 08:00 20:00, tuesday 08:00 20:00'),
  },
  {
    id: 2,
    name: 'nights',
    time_zone: 'America/New_York',
    hours: hoursOf('friday 20:00 08:00, monday 00:15 23:45'),
  },
];
const most = 10 * 96;
const windows = fc
  .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 1, max: 150 }))
  .map(([from, length]) => ({ from, until: from + length }));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('book' as const), window: windows }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('release' as const), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('shorten' as const), which: fc.nat(), by: fc.nat(200) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('schedule' as const), id: fc.constantFrom(1, 2, null) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('edit' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('maintain' as const), window: windows }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('end' as const), which: fc.nat() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Model {
  readonly bookings: number[];
  readonly maintenance: Map<number, Window>;
  schedule: 1 | 2 | null;
  next: number;
}

eachEngine((engine, { open }) => {
  it('close exactly what they should and nobody has, whoever comes and goes meanwhile', async function () {
    this.timeout(240_000);
    const db = await open();
    const lab = await makeLab(db, { nodes: 1 });
    await inTransaction(db, async (tx) => {
      for (const row of schedules) await tx.table('schedules').insert({ ...row, version: 1, created_at: 1 });
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), async (steps) => {
        const model: Model = { bookings: [], maintenance: new Map(), schedule: null, next: 1 };
        for (const one of steps) {
          await inTransaction(db, (tx) => walk(tx, model, one));
          await check(db, model);
        }
        await inTransaction(db, (tx) => clear(tx, model));
        await check(db, { ...model, maintenance: new Map(), schedule: null });
        const left = await reading(db, (reader) =>
          reader.rows('SELECT day FROM occupancy WHERE am <> 0 OR pm <> 0'),
        );
        assert.deepEqual(left, []);
      }),
      { numRuns: engine === 'sqlite' ? 40 : 6 },
    );
    await lab.close();
  });

  it('give back what is over, and the node that has nothing else is free', async () => {
    const db = await open();
    const lab = await makeLab(db, { nodes: 1 });
    await inTransaction(db, async (tx) => {
      await tx.table('schedules').insert({ ...schedules[0], version: 1, created_at: 1 });
      const closed = { nodeId: 1, purpose: 'schedule', closingId: 1 } as const;
      const until = floorQuarter(tx.now);
      await holdClosed(tx, closed, [{ from: until - 4 * quarter, until }]);
      assert.equal(await releasePast(tx, 1, 10), 1);
      assert.equal(await releasePast(tx, 1, 10), 0);
    });
    await checkBooks(db);
    await lab.close();
  });
});

async function walk(tx: Tx, model: Model, one: Step): Promise<void> {
  const base = floorQuarter(tx.now) + day;
  const at = ({ from, until }: Window) => ({ from: base + from * quarter, until: base + until * quarter });
  if (one.does === 'book') {
    const window = at(one.window);
    if (!(await tryBits(tx, 1, window))) return;
    const times = {
      start_at: window.from,
      end_at: window.until,
      hold_from: window.from,
      hold_until: window.until,
    };
    const row = { node_id: 1, purpose: 'reservation', state: 'held', created_at: tx.now, ...times };
    model.bookings.push(await tx.insert('allocations', row));
  }
  if (one.does === 'release' && model.bookings.length > 0)
    await releaseHold(tx, model.bookings.splice(one.which % model.bookings.length, 1)[0] as number);
  if (one.does === 'shorten' && model.bookings.length > 0) await shorten(tx, model, one.which, one.by);
  if (one.does === 'schedule') {
    model.schedule = one.id;
    await tx.table('nodes').where({ id: 1 }).update({ schedule_id: one.id });
    await keepSchedule(tx, 1);
  }
  if (one.does === 'edit') {
    await tx.change('UPDATE schedules SET version = version + 1');
    await keepSchedule(tx, 1);
  }
  if (one.does === 'maintain') {
    model.maintenance.set(model.next, at(one.window));
    await holdClosed(tx, maintenance(model.next++), [at(one.window)]);
  }
  const [id] = [...model.maintenance.keys()].slice(
    one.does === 'end' ? one.which % (model.maintenance.size || 1) : 0,
  );
  if (one.does === 'end' && id !== undefined) {
    model.maintenance.delete(id);
    await releaseClosed(tx, maintenance(id));
  }
}

const maintenance = (closingId: number) => ({ nodeId: 1, purpose: 'maintenance', closingId }) as const;

async function shorten(tx: Tx, model: Model, which: number, by: number): Promise<void> {
  const id = model.bookings[which % model.bookings.length] as number;
  const [row] = await tx.rows<{ hold_from: number; hold_until: number }>(
    'SELECT * FROM allocations WHERE id = ?',
    [id],
  );
  const [from, until] = [Number(row?.hold_from), Number(row?.hold_until)];
  await moveHoldEnd(tx, id, Math.max(from + quarter, until - by * quarter));
}

async function clear(tx: Tx, model: Model): Promise<void> {
  for (const id of model.bookings) await releaseHold(tx, id);
  for (const id of model.maintenance.keys()) await releaseClosed(tx, maintenance(id));
  await tx.table('nodes').where({ id: 1 }).update({ schedule_id: null });
  await keepSchedule(tx, 1);
}

/** Against what should be closed, worked out anew from the definitions. */
async function check(db: Database, model: Model): Promise<void> {
  await checkBooks(db);
  await reading(db, async (reader) => {
    const rows = await reader.rows<{ purpose: string; hold_from: number; hold_until: number }>(
      'SELECT purpose, hold_from, hold_until FROM allocations WHERE released_at IS NULL',
    );
    const gaps = await reader.rows<{ purpose: string; from_at: number; until_at: number }>(
      'SELECT * FROM closing_gaps',
    );
    const held = rows.map((row) => ({ ...row, from: Number(row.hold_from), until: Number(row.hold_until) }));
    const open = gaps.map((row) => ({ ...row, from: Number(row.from_at), until: Number(row.until_at) }));
    const [last] = await reader.rows<{ last: number }>('SELECT MAX(day) + 1 AS last FROM occupancy');
    const horizon = { from: floorQuarter(reader.now) + quarter, until: Number(last?.last) * day };
    const schedule = schedules.find(({ id }) => id === model.schedule);
    for (const purpose of ['schedule', 'maintenance']) {
      const wanted =
        purpose === 'maintenance'
          ? [...model.maintenance.values()]
          : schedule
            ? closedBy(schedule, horizon)
            : [];
      const mine = (all: typeof held | typeof open) => all.filter((one) => one.purpose === purpose);
      const has = union([...mine(held), ...mine(open)]);
      assert.deepEqual(within(has, [horizon]), within(union(wanted), [horizon]), purpose);
      const others = held.filter((one) => !mine(held).includes(one));
      assert.deepEqual(
        without(mine(open), [...others, ...mine(held)]),
        [],
        `a gap of ${purpose} that nobody has`,
      );
    }
  });
}

function hoursOf(text: string): string {
  const entries = text.split(', ').map((entry) => entry.split(' '));
  return JSON.stringify(entries.map(([name, from, until]) => ({ day: name, from, until })));
}
