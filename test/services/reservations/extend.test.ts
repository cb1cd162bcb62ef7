import assert from 'node:assert/strict';
import type { AllocationRow } from '../../../db/rows.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import type { Limits } from '../../../src/domain/limits.ts';
import { ceilQuarter, hour, minute } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const image = 'simulated';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let bob: SignedIn;
  /** When Ann's hold ends. */
  let free: number;
  /** Ann has the first of so many machines for an hour. */
  const set = async (nodes: number, limits: Partial<Limits> = {}) => {
    lab = await makeLab(await open(), { nodes });
    ann = await lab.person('ann', { limits });
    bob = await lab.person('bob');
    await put('maintenance', ...others(nodes));
    await lab.services.reserve(ann, { image, minutes: 60 });
    await loading(1);
    free = Number((await holdOf(1)).hold_until);
  };
  afterEach(() => lab.close());

  it('reaches as far as is shown, past bookings that go to other machines, and no further', async () => {
    await set(2);
    const first = await booked(30);
    const second = await booked(2 * 60);
    const stuck = await booked(5 * 60);
    await put('available', 2);
    await lab.services.reserve(bob, { image, minutes: 60, start: free + 5 * hour });
    const shown = await lab.services.extension(ann, 1);
    const before = await snapshot();
    assert.deepEqual(await lab.services.extension(ann, 1), shown, 'looking changes nothing');
    assert.ok(shown.latestEnd <= free + 5 * hour && shown.latestEnd > free + 5 * hour - 16 * minute);
    assert.match(shown.because, /^the machine is promised to somebody else .* no other is free for them$/);
    await assert.rejects(lab.services.extend(ann, 1, shown.mostMinutes + 1), (error) => {
      assert.ok(error instanceof LabError);
      assert.deepEqual(
        error.alternatives.map(({ minutes }) => minutes),
        [shown.mostMinutes],
      );
      return error.code === 'reservation.extend-limit' && error.message.includes(shown.because);
    });
    assert.deepEqual(await snapshot(), before, 'refused, it has moved nobody');
    const { end } = await lab.services.extend(ann, 1, shown.mostMinutes);
    assert.equal(end, shown.latestEnd);
    assert.deepEqual(await Promise.all([first, second, stuck].map(nodeOf)), [2, 2, 1]);
    assert.equal((await lab.services.extension(ann, 1)).mostMinutes, 0);
    assert.match((await lab.services.history(bob, first)).at(-1)?.text ?? '', /^Moved to another machine/);
    await checkBooks(lab.db);
  });

  it('moves only what is in the way of what was asked for', async () => {
    await set(2);
    const first = await booked(30);
    const second = await booked(3 * 60);
    await put('available', 2);
    await lab.services.extend(ann, 1, 60);
    assert.deepEqual(await Promise.all([first, second].map(nodeOf)), [2, 1]);
    await checkBooks(lab.db);
  });

  it('does not move what loads already', async () => {
    await set(2);
    const next = await booked(30);
    await put('available', 2);
    await loading(next);
    const { mostMinutes } = await lab.services.extension(ann, 1);
    await assert.rejects(lab.services.extend(ann, 1, mostMinutes + 1), { code: 'reservation.extend-limit' });
    assert.equal(await nodeOf(next), 1);
    await checkBooks(lab.db);
  });

  it('says which rule it is that limits it', async () => {
    await set(2, { totalMinutes: 90, extendMinutes: 240, overlap: 1, initialMinutes: 60 });
    await says(30, 'your group allows 1 h 30 min in all');
    await inTransaction(lab.db, (tx) => tx.table('images').update({ max_minutes: 75 }));
    await says(15, 'this environment can be had for 1 h 15 min in all');
    ann = { ...ann, limits: { ...ann.limits, totalMinutes: null, extendMinutes: 10 } };
    await says(10, 'your group allows 10 min at a time');
    ann = { ...ann, limits: { ...ann.limits, extendMinutes: null } };
    await inTransaction(lab.db, (tx) => tx.table('images').update({ max_minutes: null }));
    await says(24 * 60, 'it can be extended by a day at a time');
    await inTransaction(lab.db, (tx) => tx.table('images').update({ max_at_once: 1 }));
    await put('maintenance', 1);
    await put('available', 2);
    const start = free + hour;
    const { id: next } = await lab.services.reserve(bob, { image, minutes: 60, start });
    const { end } = await lab.services.getReservation(ann, 1);
    await says(Math.floor((start - end) / minute), /in use as often as it may be/);
    await lab.services.endReservation(bob, next);
    await inTransaction(lab.db, (tx) => tx.table('images').update({ max_at_once: null }));
    const own = await lab.services.reserve(ann, { image, minutes: 30, start: free + 2 * hour });
    await says(Math.floor((own.start - end) / minute), 'your group allows 1 at the same time');
  });

  it('shortened, gives its quarters to others at once', async () => {
    await set(1);
    const { end, minutes } = await lab.services.getReservation(ann, 1);
    const start = ceilQuarter(end - 30 * minute);
    await assert.rejects(lab.services.reserve(bob, { image, minutes: 60, start }), {
      code: 'reservation.no-machine',
    });
    const shorter = await lab.services.shorten(ann, 1, 45);
    assert.deepEqual([shorter.end, shorter.minutes], [end - 45 * minute, minutes - 45]);
    await lab.services.reserve(bob, { image, minutes: 60, start });
    await checkBooks(lab.db);
    await assert.rejects(lab.services.shorten(ann, 1, 15), (error) => {
      assert.ok(error instanceof LabError && error.code === 'reservation.shorten-limit');
      const [most] = error.alternatives;
      assert.ok((most?.minutes ?? 0) > 0 && (most?.minutes ?? 15) < 15, JSON.stringify(most));
      return true;
    });
    const [first, again] = await Promise.all(
      [1, 2].map(() => lab.services.shorten(ann, 1, 5, { idempotencyKey: 'k' })),
    );
    assert.equal(first?.end, end - 50 * minute);
    assert.equal(again?.end, first?.end);
    await checkBooks(lab.db);
  });

  async function says(minutes: number, because: string | RegExp): Promise<void> {
    const shown = await lab.services.extension(ann, 1);
    assert.equal(shown.mostMinutes, minutes, shown.because);
    if (typeof because === 'string') assert.equal(shown.because, because);
    else assert.match(shown.because, because);
    await assert.rejects(lab.services.extend(ann, 1, minutes + 1), LabError);
  }

  /** Bob books the first machine for an hour, so many minutes after Ann's time on it. */
  async function booked(after: number): Promise<number> {
    const { id } = await lab.services.reserve(bob, { image, minutes: 60, start: free + after * minute });
    assert.equal(await nodeOf(id), 1);
    return id;
  }

  const others = (nodes: number) => Array.from({ length: nodes - 1 }, (_, i) => i + 2);
  const put = (state: string, ...ids: number[]) =>
    inTransaction(lab.db, (tx) => tx.table('nodes').whereIn('id', ids).update({ state }));
  const loading = (id: number) =>
    inTransaction(lab.db, (tx) =>
      tx.table('allocations').where({ reservation_id: id }).update({ state: 'loading' }),
    );
  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const holdOf = async (id: number) => {
    const [row] = await rows<AllocationRow>(
      `SELECT * FROM allocations WHERE reservation_id = ${id} AND released_at IS NULL`,
    );
    assert.ok(row);
    return row;
  };
  const nodeOf = async (id: number) => (await holdOf(id)).node_id;
  const snapshot = () => rows('SELECT * FROM allocations ORDER BY id');
});
