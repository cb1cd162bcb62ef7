import assert from 'node:assert/strict';
import type { AllocationRow } from '../../../db/rows.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import type { Limits } from '../../../src/domain/limits.ts';
import { ceilQuarter, day, hour, minute } from '../../../src/domain/time.ts';
import type { ChangeRequest } from '../../../src/services/services.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const image = 'simulated';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let bob: SignedIn;
  let noon: number;
  const set = async (nodes: number, limits: Partial<Limits> = {}) => {
    lab = await makeLab(await open(), { nodes });
    ann = await lab.person('ann', { limits });
    bob = await lab.person('bob');
    noon = ceilQuarter(await now()) + day;
  };
  afterEach(() => lab.close());

  it('moves, shortens and lengthens it, over its own time too, and keeps its machine where that fits', async () => {
    await set(3);
    const id = await book(ann, 0);
    const node = (await holdOf(id)).node_id;
    for (const [request, start, minutes] of [
      [{ start: noon + 30 * minute }, noon + 30 * minute, 60],
      [{ minutes: 30 }, noon + 30 * minute, 30],
      [{ minutes: 120, start: noon }, noon, 120],
      [{ start: noon - 2 * hour }, noon - 2 * hour, 120],
    ] as const) {
      const changed = await change(id, request);
      assert.deepEqual(
        [changed.start, changed.minutes, changed.end],
        [start, minutes, start + minutes * minute],
      );
      assert.equal((await holdOf(id)).node_id, node);
      await checkBooks(lab.db);
    }
    const hold = await holdOf(id);
    assert.deepEqual(await openTasks(), [
      { target_id: hold.id, node_id: node, run_after: Number(hold.hold_from) },
    ]);
    assert.match(
      (await lab.services.history(ann, id)).at(-1)?.text ?? '',
      /^Changed: it begins 2 h sooner, with Simulated\.$/,
    );
    await lab.startDaemon();
    lab.db.clockOffset += noon - 2 * hour - (await now());
    lab.db.signals.emit('committed');
    assert.equal((await lab.reaches(ann, id, 'reserved')).nodeId, node);
    await checkBooks(lab.db);
  });

  it('goes to another machine where its own is taken then, and is as it was where none is free', async () => {
    await set(2);
    const id = await book(ann, 0);
    const other = await book(bob, 0);
    const third = await book(bob, 2);
    const taken = (await holdOf(third)).node_id;
    await change(id, { start: noon + 2 * hour });
    assert.notEqual((await holdOf(id)).node_id, taken);
    await book(bob, 4);
    await book(bob, 4);
    const before = await snapshot();
    await assert.rejects(change(id, { start: noon + 4 * hour }), (error) => {
      assert.ok(error instanceof LabError && error.alternatives.length > 0);
      return error.code === 'reservation.no-machine';
    });
    assert.deepEqual(await snapshot(), before);
    await lab.services.endReservation(bob, other);
    await checkBooks(lab.db);
  });

  it('takes another environment, and production again when that changes', async () => {
    await set(2);
    await otherImage();
    const id = await book(ann, 0);
    assert.equal((await change(id, { image: 'other' })).image.name, 'other');
    await assert.rejects(change(id, { image: 'none' }), { code: 'image.unknown' });
    await assert.rejects(change(id, { revision: 1 }), { code: 'not-allowed' });
    const admin = await lab.person('admin', { role: 'administrator' });
    await lab.services.changeBooking(admin, id, { revision: 1 });
    assert.equal((await row(id)).revision_id, 2);
    assert.match((await lab.services.getReservation(ann, id)).notices[0]?.text ?? '', /^admin changed/);
    await lab.services.changeBooking(admin, id, { image });
    assert.equal((await row(id)).revision_id, null);
    await checkBooks(lab.db);
  });

  it('is counted without itself, and holds to the limits', async () => {
    await set(2, { overlap: 1, upcoming: 1, initialMinutes: 60, daysAhead: 2 });
    const id = await book(ann, 0);
    await change(id, { start: noon + 15 * minute });
    await assert.rejects(change(id, { minutes: 61 }), { code: 'reservation.limit-length' });
    await assert.rejects(change(id, { start: noon + 3 * day }), { code: 'reservation.limit-horizon' });
    await assert.rejects(change(id, { start: noon - 2 * day }), (error) => {
      return error instanceof LabError && 'start' in error.fields;
    });
    await lab.services.extend(ann, id, 30);
    assert.equal((await change(id, { start: noon })).minutes, 90, 'what one has one may keep as long');
    await checkBooks(lab.db);
  });

  it('happens once; of two at the same time one wins and the other is told', async () => {
    await set(2);
    const id = await book(ann, 0);
    const { version } = await lab.services.getReservation(ann, id);
    const both = await Promise.allSettled(
      [1, 2].map((hours) => change(id, { start: noon + hours * hour, version })),
    );
    assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1);
    const codes = both.map((one) => one.status === 'rejected' && (one.reason as LabError).code);
    assert.ok(codes.includes('changed-meanwhile'), codes.join());
    const { start, version: newer } = await lab.services.getReservation(ann, id);
    assert.notEqual(newer, version);
    assert.equal((await change(id, { start, version })).start, start, 'the same again is done already');
    const lines = await lab.services.history(ann, id);
    assert.equal(lines.filter(({ kind }) => kind === 'changed').length, 1);
    await checkBooks(lab.db);
  });

  it('cannot be changed once it loads: that is said in words', async () => {
    await set(2);
    const id = await book(ann, 0);
    await inTransaction(lab.db, (tx) =>
      tx.table('allocations').where({ reservation_id: id }).update({ state: 'loading' }),
    );
    assert.equal((await lab.services.getReservation(ann, id)).can.change, false);
    await assert.rejects(change(id, { minutes: 30 }), {
      code: 'reservation.begun',
      message: /extended, shortened or ended/,
    });
    await assert.rejects(lab.services.changeBooking(bob, id, { minutes: 30 }), { code: 'not-found' });
  });

  it('answers beforehand as it will be decided', async () => {
    await set(1);
    const id = await book(ann, 0);
    await book(bob, 2);
    const asked = (request: ChangeRequest) => lab.services.changeVerdict(ann, id, request);
    const before = await snapshot();
    assert.equal((await asked({ minutes: 90 })).possible, true);
    assert.equal((await asked({ minutes: 180 })).possible, false);
    assert.equal((await asked({ start: noon + 15 * minute })).possible, true);
    assert.deepEqual(await snapshot(), before);
  });

  it('many at once change places: no hour is lost or held twice', async function () {
    this.timeout(60_000);
    await set(3);
    const ids: number[] = [];
    for (let n = 0; n < 9; n++) ids.push(await book(ann, n % 3));
    const wanted = ids.map((id, n) => ({ id, start: noon + ((n + 1) % 3) * hour + (n % 2) * 30 * minute }));
    await Promise.all(wanted.map(({ id, start }) => change(id, { start }).catch(refused)));
    assert.equal((await openTasks()).length, ids.length);
    for (const id of ids) await holdOf(id);
    await checkBooks(lab.db);
  });

  const book = async (me: SignedIn, hours: number) =>
    (await lab.services.reserve(me, { image, minutes: 60, start: noon + hours * hour })).id;
  const change = (id: number, request: ChangeRequest) => lab.services.changeBooking(ann, id, request);

  async function otherImage(): Promise<void> {
    await inTransaction(lab.db, async (tx) => {
      const [first] = await tx.rows<Record<string, unknown>>('SELECT * FROM images');
      const [revision] = await tx.rows<Record<string, unknown>>('SELECT * FROM image_revisions');
      const named = { id: 2, name: 'other', title: 'Other', production_revision_id: 2 };
      await tx.table('images').insert({ ...first, ...named });
      await tx.table('image_revisions').insert({ ...revision, id: 2, image_id: 2 });
    });
  }

  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  const row = async (id: number) => {
    const [found] = await rows<{ revision_id: number | null }>(
      `SELECT revision_id FROM reservations WHERE id = ${id}`,
    );
    assert.ok(found);
    return found;
  };
  /** Every one has one live hold. */
  const holdOf = async (id: number) => {
    const holds = await rows<AllocationRow>(
      `SELECT * FROM allocations WHERE reservation_id = ${id} AND released_at IS NULL`,
    );
    assert.equal(holds.length, 1);
    return holds[0] as AllocationRow;
  };
  const openTasks = async () =>
    (
      await rows<{ target_id: number; node_id: number; run_after: number }>(
        "SELECT target_id, node_id, run_after FROM tasks WHERE action = 'new' AND status = 'queued' ORDER BY id",
      )
    ).map((task) => ({ ...task, run_after: Number(task.run_after) }));
  const snapshot = () => Promise.all([rows('SELECT * FROM allocations ORDER BY id'), openTasks()]);
  const refused = (error: unknown) => assert.ok(error instanceof LabError, String(error));
});
