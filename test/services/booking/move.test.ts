import assert from 'node:assert/strict';
import type { AllocationRow } from '../../../db/rows.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { ceilQuarter, day, hour } from '../../../src/domain/time.ts';
import { firstStuck, heldWithin, makeRoom } from '../../../src/services/booking/make-room.ts';
import { moveBooking, moveBookings } from '../../../src/services/booking/move.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const because = 'It is wanted for something else.';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let noon: number;
  const set = async (nodes: number) => {
    lab = await makeLab(await open(), { nodes });
    ann = await lab.person('ann');
    noon = ceilQuarter(await now()) + day;
  };
  afterEach(() => lab.close());

  it('moves with its task, to the same time, and says so in its history', async () => {
    await set(2);
    const id = await book(0);
    const before = await holdOf(id);
    assert.equal(await move(before.id), true);
    const after = await holdOf(id);
    assert.notEqual(after.node_id, before.node_id);
    assert.deepEqual(timesOf(after), timesOf(before));
    assert.deepEqual(await openTasks(), [
      { target_id: after.id, node_id: after.node_id, run_after: Number(after.hold_from) },
    ]);
    assert.equal((await lab.services.history(ann, id)).at(-1)?.text, `Moved to another machine: ${because}`);
    await lab.startDaemon();
    lab.db.clockOffset += noon - (await now());
    lab.db.signals.emit('committed');
    assert.equal((await lab.reaches(ann, id, 'reserved')).nodeId, after.node_id);
    await checkBooks(lab.db);
  });

  it('stays as it is where no other machine is free', async () => {
    await set(2);
    const [first] = [await book(0), await book(0)];
    const before = await snapshot();
    assert.equal(await move((await holdOf(first)).id), false);
    assert.deepEqual(await snapshot(), before);
  });

  it('does not move once its load has begun', async () => {
    await set(2);
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    await inTransaction(lab.db, (tx) =>
      tx.table('allocations').where({ reservation_id: id }).update({ state: 'loading' }),
    );
    assert.equal(await move((await holdOf(id)).id), false);
    await checkBooks(lab.db);
  });

  it('moves a set whole or not at all', async () => {
    await set(3);
    await put('maintenance', 2, 3);
    const ids = [await book(0), await book(2), await book(4)];
    await put('available', 2);
    await fillOthers(2, 4);
    const holds = await Promise.all(ids.map(holdOf));
    const before = await snapshot();
    const all = holds.map((hold) => hold.id);
    assert.equal(await inTransaction(lab.db, (tx) => moveBookings(tx, lab.deps, all, because)), false);
    assert.deepEqual(await snapshot(), before);
    assert.equal(
      await inTransaction(lab.db, (tx) => moveBookings(tx, lab.deps, all.slice(0, 2), because)),
      true,
    );
    await checkBooks(lab.db);
  });

  it('makes room on a node for a time: what can leave leaves, the rest is answered', async () => {
    await set(3);
    await put('maintenance', 2, 3);
    const [early, , late] = [await book(0), await book(2), await book(4)];
    await put('available', 2);
    await fillOthers(2, 4);
    const room = { nodeId: 1, window: { from: noon + hour, until: noon + 6 * hour } };
    const before = await snapshot();
    const stuck = await reading(lab.db, (reader) => firstStuck(reader, lab.deps, room));
    assert.equal(stuck?.reservation_id, late);
    const none = await inTransaction(lab.db, (tx) => makeRoom(tx, lab.deps, room, because, { all: true }));
    assert.deepEqual(none.map(reservationOf), [late]);
    assert.deepEqual(await snapshot(), before);
    const stay = await inTransaction(lab.db, (tx) => makeRoom(tx, lab.deps, room, because));
    assert.deepEqual(stay.map(reservationOf), [late]);
    const left = await reading(lab.db, (reader) => heldWithin(reader, { ...room, window: wholeDay() }));
    assert.deepEqual(left.map(reservationOf), [early, late]);
    await checkBooks(lab.db);
  });

  it('moves while others book what it could move to: neither is lost', async function () {
    this.timeout(60_000);
    await set(4);
    await put('maintenance', 2, 3, 4);
    const mine: number[] = [];
    for (let n = 0; n < 6; n++) mine.push(await book(2 * n));
    await put('available', 2, 3, 4);
    const others = await Promise.all(Array.from({ length: 4 }, (_, n) => lab.person(`other${n}`)));
    const asked = others.flatMap((me) => mine.map((_, n) => ({ me, start: noon + 2 * n * hour })));
    const ask = ({ me, start }: (typeof asked)[number]) =>
      lab.services.reserve(me, { image: 'simulated', minutes: 60, start }).then(() => true, refused);
    const moved = mine.map(async (id) => move((await holdOf(id)).id));
    const [got, went] = await Promise.all([Promise.all(asked.map(ask)), Promise.all(moved)]);
    // who was refused while a move was under way has what is left; four machines have room for four at each start
    for (const [n, one] of asked.entries()) got[n] ||= await ask(one);
    assert.equal(got.filter(Boolean).length + mine.length, 4 * mine.length);
    for (const [n, id] of mine.entries()) {
      const hold = await holdOf(id);
      assert.equal(Number(hold.start_at), noon + 2 * n * hour);
      assert.equal(hold.node_id !== 1, went[n]);
    }
    assert.equal((await openTasks()).length, 4 * mine.length);
    await checkBooks(lab.db);
  });

  const book = async (hoursAfterNoon: number) => {
    const start = noon + hoursAfterNoon * hour;
    return (await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start })).id;
  };
  const move = (allocationId: number) =>
    inTransaction(lab.db, (tx) => moveBooking(tx, lab.deps, allocationId, because));
  const put = (state: string, ...ids: number[]) =>
    inTransaction(lab.db, (tx) => tx.table('nodes').whereIn('id', ids).update({ state }));

  /** Somebody else has that node from so many hours after noon. */
  async function fillOthers(nodeId: number, hours: number): Promise<void> {
    const id = await book(hours);
    assert.equal((await holdOf(id)).node_id, nodeId);
  }

  const wholeDay = () => ({ from: noon - 2 * hour, until: noon + day });
  const reservationOf = (row: AllocationRow) => row.reservation_id;
  const timesOf = (row: AllocationRow) =>
    [row.start_at, row.end_at, row.hold_from, row.hold_until].map(Number);
  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  const holdOf = async (id: number) => {
    const [row] = await rows<AllocationRow>(
      `SELECT * FROM allocations WHERE reservation_id = ${id} AND released_at IS NULL`,
    );
    assert.ok(row);
    return row;
  };
  const openTasks = async () =>
    (
      await rows<{ target_id: number; node_id: number; run_after: number }>(
        "SELECT target_id, node_id, run_after FROM tasks WHERE action = 'new' AND status = 'queued' ORDER BY id",
      )
    ).map((row) => ({ ...row, run_after: Number(row.run_after) }));
  /** Everything that a move may change. */
  const snapshot = () => Promise.all([rows('SELECT * FROM allocations ORDER BY id'), openTasks()]);
  const refused = (error: unknown) => {
    assert.ok(error instanceof LabError && error.code.startsWith('reservation.no-machine'), String(error));
    return false;
  };
});
