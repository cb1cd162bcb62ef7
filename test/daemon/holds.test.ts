import assert from 'node:assert/strict';
import type { AllocationRow } from '../../db/rows.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import type { NodeState } from '../../src/domain/states.ts';
import { minute, quarter } from '../../src/domain/time.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { checkWhole, makeCrashLab, poolFolder, runUntilSettled, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab, LabOptions } from '../helpers/lab.ts';
import { checkHolds, passTo } from '../helpers/pass-time.ts';
import { setFault } from '../helpers/test-machines.ts';

const hour = { image: 'simulated', minutes: 60 };
const day = 24 * 60 * minute;

/** What a hold, a next booking and a machine out of order come to (design, section 3). */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let bob: SignedIn;
  let admin: SignedIn;
  afterEach(() => lab.close());

  const set = async (nodes: number, options: LabOptions = {}) => {
    lab = await makeCrashLab(await open(), { nodes, ...options });
    ann = await lab.person('ann');
    bob = await lab.person('bob');
    admin = await lab.person('admin', { role: 'administrator' });
  };

  describe('a clean-up that lasts', () => {
    it('extends its hold quarter by quarter, so that nobody gets the machine, and gives all of it back', async () => {
      await set(1);
      await annIsIn();
      cleaning('fails');
      await lab.startDaemon();
      await lab.services.endReservation(ann, 1);
      await lab.until(async () => (await nodeState(1)) === 'failed');
      for (let round = 0; round < 3; round++) {
        const before = await holdOf(1);
        await passTo(lab, before.until - minute / 2);
        await lab.until(async () => (await holdOf(1)).until > before.until);
        assert.equal((await holdOf(1)).until, before.until + quarter);
        await passTo(lab, before.until + minute);
        await assert.rejects(lab.services.reserve(bob, hour), { code: 'reservation.out-of-order' });
        await checkHolds(lab);
      }
      // a try that is under way would count its failure after the fault is taken away
      await untilSettled(lab.db);
      cleaning('works');
      await lab.services.retryAttention(admin, 'node-1');
      await lab.until(async () => (await nodeState(1)) === 'available');
      await lab.reaches(bob, (await lab.services.reserve(bob, hour)).id, 'reserved');
      await checkHolds(lab);
    });

    it('leaves the next booking its hours, and takes them when that has moved', async () => {
      await set(2, { times: { graceSeconds: 1 } });
      const second = await twoInARow();
      cleaning('fails');
      await lab.startDaemon();
      await passTo(lab, (await holdOf(1)).until);
      await lab.until(async () => (await nodeState(1)) === 'failed');
      await checkHolds(lab);
      assert.equal((await lab.reaches(bob, second, 'reserved')).nodeName, 'sim2');
      await checkHolds(lab);
      assert.ok((await holdOf(1)).until > (await now()));
    });
  });

  describe('a booking whose machine is not free at its start', () => {
    it('waits beyond the grace, says so once, and has all its minutes', async () => {
      await set(1, { times: { graceSeconds: 1 } });
      const second = await twoInARow();
      await late(second, 10 * minute);
      assert.match((await view(second)).progressText ?? '', /^Waiting for the machine\. The booking before/);
      assert.equal((await view(second)).progress, null);
      await passTo(lab, (await now()) + minute);
      await untilSettled(lab.db);
      cleaning('works');
      await lab.services.retryAttention(admin, 'node-1');
      await lab.until(async () => (await nodeState(1)) !== 'failed');
      await passTo(lab, (await now()) + minute);
      const ready = await lab.reaches(bob, second, 'reserved');
      assert.equal(ready.end, (ready.readyAt ?? 0) + 60 * minute);
      assert.deepEqual(await notices(second), ['waits', 'ready']);
      await checkHolds(lab);
    });

    it('fails when its own end comes, and gives its hours to who has the machine', async () => {
      await set(1, { times: { graceSeconds: 1 } });
      const second = await twoInARow();
      await late(second, 10 * minute);
      await passTo(lab, (await view(second)).end);
      const failed = await lab.reaches(bob, second, 'failed');
      assert.match(
        failed.reason ?? '',
        /^The booking before this one has not left .* until the end of its time\.$/,
      );
      await checkHolds(lab);
      assert.ok((await holdOf(1)).until > (await now()));
    });

    it('fails at once when no machine is left that could serve it', async () => {
      await set(1);
      const { id } = await lab.services.reserve(bob, hour);
      await put(1, 'maintenance');
      await lab.startDaemon();
      const failed = await lab.reaches(bob, id, 'failed');
      assert.equal(failed.reason, 'The machine is out of order. There is no other that could take it.');
      await checkHolds(lab);
    });
  });

  describe('bookings of a machine that is out of order', () => {
    for (const state of ['failed', 'maintenance'] as const) {
      it(`move to another while it is ${state}, and nobody is troubled with it`, async () => {
        await set(2);
        await put(2, 'maintenance');
        const soon = await booked(2 * 60 * minute);
        const later = await booked(2 * day);
        await put(2, 'available');
        await put(1, state);
        await lab.startDaemon();
        for (const id of [soon, later]) await lab.until(async () => (await nodeOf(id)) === 2);
        assert.deepEqual(await notices(soon), []);
        assert.match((await lab.services.history(bob, soon)).at(-1)?.text ?? '', /^Moved to another machine/);
        await checkHolds(lab);
        await passTo(lab, (await view(soon)).start);
        assert.equal((await lab.reaches(bob, soon, 'reserved')).nodeName, 'sim2');
      });
    }

    it('are reported where they cannot move, until it is in order again', async () => {
      await set(1);
      const soon = await booked(2 * 60 * minute);
      await booked(3 * day);
      await put(1, 'failed');
      await lab.startDaemon();
      assert.deepEqual(await unmoved(), []);
      await passTo(lab, (await now()) + minute);
      await untilSettled(lab.db);
      const items = (await lab.services.attention(admin)).items.filter(({ kind }) => kind === 'booking');
      assert.deepEqual(
        items.map(({ text, hits }) => [text, hits?.split(',')[0]]),
        [
          [
            `Booking ${soon} of simulated is on sim1, which is out of order, and no other machine is free for it.`,
            'bob (bob@example.org)',
          ],
        ],
      );
      await lab.services.retryAttention(admin, items[0]?.id ?? '');
      await untilSettled(lab.db);
      assert.equal(await nodeOf(soon), 1);
      await lab.services.retryAttention(admin, 'node-1');
      await lab.until(async () => (await nodeState(1)) === 'available');
      assert.deepEqual(await unmoved(), []);
      await checkHolds(lab);
    });

    it('begin there when it is repaired after their start', async () => {
      await set(1);
      const id = await booked(60 * minute);
      await put(1, 'failed');
      await lab.startDaemon();
      await passTo(lab, (await view(id)).start + minute);
      await lab.until(async () => (await notices(id)).length > 0);
      assert.match((await view(id)).progressText ?? '', /It is out of order/);
      await lab.services.retryAttention(admin, 'node-1');
      await lab.until(async () => (await nodeState(1)) === 'available');
      await passTo(lab, (await now()) + minute);
      await lab.reaches(bob, id, 'reserved');
      await untilSettled(lab.db);
      await checkWhole(lab.db, lab.directory);
    });
  });

  /** Ann has the first machine and was in it: it is to be cleaned. */
  async function annIsIn(): Promise<void> {
    const { id } = await lab.services.reserve(ann, hour);
    await runUntilSettled(lab.db, lab.directory);
    await acknowledge(lab.deps, ann, id, 'test');
  }

  /** Bob has Ann's machine right after her. */
  async function twoInARow(): Promise<number> {
    const others = (await rows<{ id: number }>('SELECT id FROM nodes WHERE id > 1')).map((row) => row.id);
    for (const id of others) await put(id, 'maintenance');
    await annIsIn();
    const { id } = await lab.services.reserve(bob, { ...hour, start: (await holdOf(1)).until });
    for (const other of others) await put(other, 'available');
    return id;
  }

  /** Ann's time is over, her machine cannot be cleaned, and Bob's start was so long ago. */
  async function late(id: number, by: number): Promise<void> {
    cleaning('fails');
    await lab.startDaemon();
    await passTo(lab, (await view(id)).start);
    await lab.until(async () => (await nodeState(1)) === 'failed');
    await passTo(lab, (await view(id)).start + by);
    await lab.until(async () => (await notices(id)).length > 0);
    assert.equal((await view(id)).state, 'new');
    await checkHolds(lab);
  }

  const cleaning = (how: 'fails' | 'works') =>
    setFault(poolFolder(lab.directory), 'sim1', { kind: 'node_broken', left: how === 'fails' ? 999 : 0 });
  const booked = async (ahead: number) =>
    (await lab.services.reserve(bob, { ...hour, start: (await now()) + ahead })).id;
  const view = (id: number) => lab.services.getReservation(bob, id);
  const put = (id: number, state: NodeState) =>
    inTransaction(lab.db, (tx) =>
      tx
        .table('nodes')
        .where({ id })
        .update({ state, state_at: tx.now, failed_at: tx.now, failure: 'broken' }),
    );
  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  const allocation = async (reservation: number) => {
    const [row] = await rows<AllocationRow>(
      `SELECT * FROM allocations WHERE reservation_id = ${reservation} ORDER BY id DESC`,
    );
    assert.ok(row);
    return row;
  };
  const holdOf = async (reservation: number) => ({
    until: Number((await allocation(reservation)).hold_until),
  });
  const nodeOf = async (reservation: number) => (await allocation(reservation)).node_id;
  const nodeState = async (id: number) =>
    (await rows<{ state: NodeState }>(`SELECT state FROM nodes WHERE id = ${id}`))[0]?.state;
  const notices = async (id: number) =>
    (
      await rows<{ k: string }>(
        `SELECT notice_key AS k FROM notices WHERE reservation_id = ${id} ORDER BY id`,
      )
    ).map((row) => row.k.split('-')[0]);
  const unmoved = async () =>
    (await lab.services.attention(admin)).items.filter(({ kind }) => kind === 'booking');
});
