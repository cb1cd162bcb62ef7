import assert from 'node:assert/strict';
import { wakeTask } from '../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { states } from '../../modules/state/registry.ts';
import type { StateModule } from '../../src/domain/contracts/state.ts';
import { LabError, ModuleError } from '../../src/domain/errors.ts';
import { minute } from '../../src/domain/time.ts';
import { moveBooking } from '../../src/services/booking/move.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { ReservationView, SignedIn } from '../../src/services/views.ts';
import { checkWhole, makeCrashLab, poolFolder, runUntilSettled, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab, type LabOptions } from '../helpers/lab.ts';
import { callsOf, crashMachine, type Fault, list, setFault, testMachines } from '../helpers/test-machines.ts';

const hour = { image: 'simulated', minutes: 60 };
const broken: Fault = { kind: 'node_broken', left: 99 };

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let admin: SignedIn;
  afterEach(() => lab.close());

  /** Machines that nothing was loaded on, and that nobody loads ahead of demand: what fails is the booking's own load. */
  const set = async (nodes: number, options: LabOptions = {}) => {
    lab = await makeCrashLab(await open(), { nodes, ...options });
    await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
    ann = await lab.person('ann');
    admin = await lab.person('admin', { role: 'administrator' });
  };
  const fault = (node: number, what: Fault) => setFault(poolFolder(lab.directory), `sim${node}`, what);

  it('tries a load that failed once more on the same machine (req. 13)', async () => {
    await set(1);
    fault(1, { kind: 'failed', left: 1 });
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, hour);
    await lab.reaches(ann, id, 'reserved');
    assert.deepEqual(await notices(id), ['ready']);
    assert.equal((await node(1)).failure, null);
  });

  it('moves a booking whose load failed twice, tells its person, and takes the machine back into service later (req. 13)', async () => {
    await set(2);
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'maintenance' }));
    fault(1, { kind: 'failed', left: 2 });
    const { id } = await lab.services.reserve(ann, hour);
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'available' }));
    await lab.startDaemon();
    const ready = await lab.reaches(ann, id, 'reserved');
    assert.equal(ready.nodeName, 'sim2');
    assert.deepEqual(
      (await notices(id)).map((key) => key.split('-')[0]),
      ['moved', 'ready'],
    );
    assert.equal((await node(1)).state, 'failed');
    const { items } = await lab.services.attention(admin);
    assert.deepEqual(
      items.map(({ id: item }) => item),
      ['node-1'],
    );
    assert.match(items[0]?.text ?? '', /sim1.*failed as the test wants it/);
    await lab.services.retryAttention(admin, 'node-1');
    await lab.until(async () => (await node(1)).state === 'available');
    assert.deepEqual((await lab.services.attention(admin)).items, []);
    await untilSettled(lab.db);
    await checkWhole(lab.db, lab.directory);
  });

  it('leaves a booking alone that somebody moved to another machine while it found that its own is out of order', async () => {
    await set(2);
    const start = (await reading(lab.db, (reader) => Promise.resolve(reader.now))) + 60 * minute;
    const { id } = await lab.services.reserve(ann, { ...hour, start });
    const [held] = await reading(lab.db, (reader) =>
      reader.rows<{ id: number; node_id: number }>('SELECT id, node_id FROM allocations'),
    );
    assert.ok(held);
    await inTransaction(lab.db, (tx) =>
      tx.table('nodes').where({ id: held.node_id }).update({ state: 'failed', failed_at: tx.now }),
    );
    const elsewhere = () =>
      inTransaction(lab.db, (tx) => moveBooking(tx, lab.deps, held.id, 'Somebody wants it so.'));
    let moved = false;
    const slow: StateModule = {
      ...states.new,
      run: (context) =>
        states.new.run({
          ...context,
          look: async () => {
            const situation = await context.look();
            if (situation.allocation?.id === held.id) moved = await elsewhere();
            return situation;
          },
        }),
    };
    await passTo(start);
    await lab.startDaemon({ states: { ...states, new: slow } });
    const ready = await lab.reaches(ann, id, 'reserved', 'failed');
    assert.deepEqual([moved, ready.state, ready.reason], [true, 'reserved', null]);
    await checkBooks(lab.db);
  });

  describe('a machine that went down and does not start', () => {
    /** Ann has one of so many, which may be `alone` in service; it goes down for good, and is tried three times. */
    const goneDown = async (nodes: number, { connected = false, alone = false } = {}) => {
      await set(nodes);
      const power_on = () => Promise.reject(new ModuleError('failed', 'Its disk is gone.'));
      const test = { ...testMachines, power_on };
      await lab.startDaemon({ provisioning: { ...lab.deps.provisioning, test } });
      const { id } = await lab.services.reserve(ann, hour);
      const first = await lab.reaches(ann, id, 'reserved');
      await acknowledge(lab.deps, ann, id, 'test');
      if (connected) await openTerminal(id);
      if (alone) await setOthers(first.nodeName, 'maintenance');
      crashMachine(poolFolder(lab.directory), first.nodeName ?? '');
      await lab.until(async () => {
        const [row] = await lab.db.knex('tasks').where({ action: 'power' });
        const tried = row && (row.attempt > 2 || row.status === 'done');
        if (!tried) await passTo((await reading(lab.db, (reader) => Promise.resolve(reader.now))) + 11_000);
        return tried;
      });
      return first;
    };
    const setOthers = (but: string | null, state: string) =>
      inTransaction(lab.db, (tx) => tx.table('nodes').whereNot({ name: but }).update({ state }));
    const openTerminal = async (id: number) => {
      await inTransaction(lab.db, async (tx) => {
        await tx.table('reservations').where({ id }).update({ terminal_seen_at: tx.now });
        await wakeTask(tx, 'reserved', 'reservation', id);
      });
      await lab.reaches(ann, id, 'inuse');
    };
    const isDown = (id: number) =>
      lab.until(async () => {
        const view = await lab.services.getReservation(ann, id);
        return view.down && view;
      });
    const textsOf = (view: ReservationView) => view.notices.map(({ text }) => text).join();

    it('is exchanged where nobody was on it yet', async () => {
      const { id, nodeName } = await goneDown(2);
      const next = await lab.until(async () => {
        const view = await lab.services.getReservation(ann, id);
        return view.state === 'reserved' && view.nodeName !== nodeName && view;
      });
      assert.equal(next.acknowledgedAt, null);
      assert.match(textsOf(next), /moved to another machine: It went down and does not start again/);
      await checkBooks(lab.db);
    });

    it('is told of, to its person and to operators, where there is no other, and tried by one task', async () => {
      const { id } = await goneDown(1);
      const told = await lab.until(async () => {
        const view = await lab.services.getReservation(ann, id);
        return /does not start again/.test(textsOf(view)) && view;
      });
      assert.equal(told.state, 'reserved');
      const listed = await lab.until(async () => {
        const { items } = await lab.services.attention(admin);
        return items.length > 0 && items;
      });
      assert.deepEqual(
        listed.map(({ text, hits, action }) => ({ text, hits, action })),
        [{ text: 'The work "power" failed: Its disk is gone.', hits: `reservation ${id}`, action: null }],
      );
      assert.equal((await lab.db.knex('tasks').where({ action: 'power' })).length, 1);
    });

    it('is exchanged by itself as soon as another is free; that it is down is told no more', async () => {
      const { id, nodeName } = await goneDown(2, { alone: true });
      const seen = () => lab.services.getReservation(ann, id);
      const isTold = async () => /tried once in a minute/.test(textsOf(await seen()));
      await lab.until(isTold);
      await setOthers(nodeName, 'available');
      await passTo((await reading(lab.db, (reader) => Promise.resolve(reader.now))) + minute);
      await lab.until(async () => {
        const { state, nodeName: now } = await seen();
        return state === 'reserved' && now !== nodeName;
      });
      assert.match(textsOf(await seen()), /moved to another machine/);
      assert.equal(await isTold(), false);
    });

    it('is exchanged by who was on it, once, until the same end; it is out of order until it is clean', async () => {
      const { id, nodeName } = await goneDown(2, { connected: true });
      const isTold = async () =>
        /does not start again/.test(textsOf(await lab.services.getReservation(ann, id)));
      await lab.until(isTold);
      const down = await isDown(id);
      assert.deepEqual([down.state, down.can.another, down.can.connect], ['inuse', true, false]);
      const presses = await Promise.allSettled([1, 2].map(() => lab.services.takeAnother(ann, id)));
      assert.deepEqual(presses.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const next = await lab.reaches(ann, id, 'reserved');
      assert.notEqual(next.nodeName, nodeName);
      assert.equal(await isTold(), false);
      assert.deepEqual([next.end, next.acknowledgedAt, next.can.another], [down.end, null, false]);
      assert.ok((await lab.services.extension(ann, id)).mostMinutes > 0);
      const [dead] = await lab.db.knex('nodes').where({ name: nodeName });
      assert.equal(dead.failure, 'It went down and does not start again. Its disk is gone.');
      assert.deepEqual(
        (await lab.services.attention(admin)).items.map((item) => item.id),
        [`node-${dead.id}`],
      );
      await lab.services.retryAttention(admin, `node-${dead.id}`);
      await lab.until(async () => (await lab.services.attention(admin)).items.length === 0);
      await acknowledge(lab.deps, ann, id, 'test');
      await openTerminal(id);
      await untilSettled(lab.db);
      await checkWhole(lab.db, lab.directory);
    });

    it('is not exchanged while no other is free: its person may wait, and it counts in no limit', async () => {
      const { id } = await goneDown(1, { connected: true });
      const down = await isDown(id);
      const limited = { ...ann, limits: { ...ann.limits, overlap: 1 } };
      const refusal = await lab.services.takeAnother(limited, id).catch((error: LabError) => error);
      assert.ok(refusal instanceof LabError);
      assert.equal(refusal.code, 'reservation.no-machine');
      const [wait] = refusal.alternatives;
      assert.equal(wait?.kind, 'wait');
      assert.deepEqual(await isDown(id), down);
      assert.equal((await lab.services.wait(limited, { ...hour, minutes: wait?.minutes ?? 0 })).place, 1);
      await assert.rejects(lab.services.takeAnother(admin, id), { code: 'reservation.no-machine' });
      await checkBooks(lab.db);
    });

    it('is not held against the revision: where the other one fails to load, a third is taken, until the same end', async () => {
      const { id, nodeName } = await goneDown(3, { connected: true });
      const { end } = await isDown(id);
      const others = (await lab.db.knex('nodes').whereNot({ name: nodeName })).map((row) => row.id);
      await inTransaction(lab.db, (tx) =>
        tx.table('nodes').where({ id: others[0] }).update({ state: 'maintenance' }),
      );
      fault(others[1], broken);
      await lab.services.takeAnother(ann, id);
      await inTransaction(lab.db, (tx) =>
        tx.table('nodes').where({ id: others[0] }).update({ state: 'available' }),
      );
      const next = await lab.reaches(ann, id, 'reserved', 'failed');
      assert.deepEqual([next.state, next.nodeName, next.end], ['reserved', `sim${others[0]}`, end]);
      assert.equal(await suspended(), 0);
      await checkBooks(lab.db);
    });
  });

  it('suspends a revision that fails on two machines, not the machines, until somebody allows it again', async () => {
    await set(3);
    for (const n of [1, 2, 3]) fault(n, broken);
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, hour);
    const failed = await lab.reaches(ann, id, 'failed');
    assert.equal(failed.reason, 'It failed as the test wants it.');
    assert.equal(callsOf(poolFolder(lab.directory)).filter(({ what }) => what === 'load begins').length, 2);
    await assert.rejects(lab.services.reserve(ann, hour), { code: 'image.not-ready' });
    const items = (await lab.services.attention(admin)).items.map((item) => item.id);
    assert.ok(items.includes('revision-1'), items.join());
    for (const n of [1, 2, 3]) fault(n, { kind: 'failed', left: 0 });
    await lab.services.retryAttention(admin, 'revision-1');
    for (const item of items.filter((one) => one.startsWith('node-')))
      await lab.services.retryAttention(admin, item);
    await lab.until(async () => (await lab.services.attention(admin)).items.length === 0);
    const again = await lab.services.reserve(ann, hour);
    await lab.reaches(ann, again.id, 'reserved');
  });

  it('waits while there is no room on any machine, suspends nothing, and goes on when there is', async () => {
    await set(2);
    for (const n of [1, 2]) fault(n, { kind: 'retry', left: 99 });
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, hour);
    await lab.until(async () => {
      await lab.db
        .knex('tasks')
        .where({ action: 'new', status: 'queued' })
        .whereBetween('attempt', [2, 5])
        .update({ attempt: 6, run_after: 0 });
      return (await notices(id)).some((key) => key.startsWith('waits-'));
    });
    assert.equal((await lab.services.getReservation(ann, id)).state, 'new');
    assert.equal(await suspended(), 0);
    for (const n of [1, 2]) fault(n, { kind: 'failed', left: 0 });
    await lab.reaches(ann, id, 'reserved');
    for (const { id: item } of (await lab.services.attention(admin)).items)
      await lab.services.retryAttention(admin, item);
    await lab.until(async () => (await lab.services.attention(admin)).items.length === 0);
  });

  it('gives up at once, with its sentence, what can never work', async () => {
    await set(2);
    for (const n of [1, 2]) fault(n, { kind: 'unsatisfiable', left: 99 });
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, hour);
    const failed = await lab.reaches(ann, id, 'failed');
    assert.equal(failed.reason, 'It failed as the test wants it.');
    assert.deepEqual(await notices(id), ['failed']);
    assert.equal(callsOf(poolFolder(lab.directory)).filter(({ what }) => what === 'load begins').length, 1);
  });

  it('cuts a load that hangs, tries once more, and moves the booking (req. 12, 13)', async () => {
    await set(2, { over: { states: { ...states, new: { ...states.new, timeoutSeconds: 1 } } } });
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'maintenance' }));
    fault(1, { kind: 'hang', left: 99 });
    const { id } = await lab.services.reserve(ann, hour);
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'available' }));
    await lab.startDaemon();
    assert.equal((await lab.reaches(ann, id, 'reserved')).nodeName, 'sim2');
    assert.match((await node(1)).failure ?? '', /longer than 1 s/);
  });

  it('leaves a machine in maintenance there, and blames neither it nor the revision', async () => {
    await set(3);
    await inTransaction(lab.db, (tx) => tx.table('nodes').where('id', '<', 3).update({ state: 'available' }));
    const { id } = await lab.services.reserve(ann, hour);
    const first = await heldNode(id);
    await inTransaction(lab.db, (tx) =>
      tx.table('nodes').where({ id: first }).update({ state: 'maintenance' }),
    );
    await lab.startDaemon();
    const ready = await lab.reaches(ann, id, 'reserved');
    assert.notEqual(ready.nodeName, `sim${first}`);
    assert.equal((await node(first)).state, 'maintenance');
    assert.equal(await suspended(), 0);
    await untilSettled(lab.db);
    await checkWhole(lab.db, lab.directory);
  });

  it('ends a booking whose load runs, stops that load, and cleans the machine', async () => {
    await set(1);
    fault(1, { kind: 'hang', left: 1 });
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, hour);
    await lab.until(() => Promise.resolve(callsOf(poolFolder(lab.directory)).length > 0));
    await lab.services.endReservation(ann, id);
    await lab.services.endReservation(ann, id);
    const ended = await lab.reaches(ann, id, 'complete');
    assert.equal(ended.reason, 'You ended it.');
    await untilSettled(lab.db);
    assert.equal((await node(1)).state, 'available');
    await checkWhole(lab.db, lab.directory);
  });

  it('ends in every live state, and says which administrator did it', async () => {
    await set(4);
    const when: Readonly<Record<string, (id: number) => Promise<unknown>>> = {
      new: () => Promise.resolve(),
      reserved: () => runUntilSettled(lab.db, lab.directory),
      reboot: async (id) => {
        await runUntilSettled(lab.db, lab.directory);
        await lab.services.reboot(ann, id);
      },
      reinstall: async (id) => {
        await runUntilSettled(lab.db, lab.directory);
        await lab.services.reinstall(ann, id);
      },
    };
    for (const [state, prepare] of Object.entries(when)) {
      const { id } = await lab.services.reserve(ann, hour);
      await prepare(id);
      assert.equal((await lab.services.getReservation(ann, id)).state, state);
      await lab.services.endReservation(admin, id);
      await runUntilSettled(lab.db, lab.directory);
      const ended = await lab.services.getReservation(ann, id);
      assert.equal(ended.state, 'complete', state);
      assert.equal(ended.reason, 'admin ended it.', state);
      assert.equal((await lab.services.endReservation(admin, id)).state, 'complete', 'twice');
    }
    await checkWhole(lab.db, lab.directory);
    assert.deepEqual(list(`${poolFolder(lab.directory)}/forwards`), []);
  });

  it('lets the next booking wait for the one before it up to the grace, then moves it', async () => {
    await set(2, { times: { graceSeconds: 1 } });
    const { bob, second } = await twoInARow();
    await lab.startDaemon();
    fault(1, { kind: 'hang', left: 1 });
    await passTo(await endOf(1));
    await lab.until(async () => (await node(1)).state === 'reloading');
    await passTo(await startOf(second));
    const ready = await lab.reaches(bob, second, 'reserved');
    assert.equal(ready.nodeName, 'sim2');
    assert.equal(await suspended(), 0);
    assert.ok((await notices(second)).some((key) => key.startsWith('moved-')));
  });

  it('starts the next booking on the same machine when that is clean within the grace', async () => {
    await set(2);
    const { bob, second } = await twoInARow();
    await lab.startDaemon();
    await passTo(await endOf(1));
    await lab.reaches(ann, 1, 'complete');
    await passTo(await startOf(second));
    assert.equal((await lab.reaches(bob, second, 'reserved')).nodeName, 'sim1');
    assert.deepEqual(await notices(second), ['ready']);
  });

  it('gives the whole time to who was made to wait, and moves the booking that comes next', async () => {
    await set(2, { simulator: { loadSeconds: 1, spread: 0 } });
    const { second, bob } = await lateReady();
    const late = await lab.reaches(ann, 1, 'reserved');
    assert.equal(late.end, (late.readyAt ?? 0) + 60 * minute);
    assert.equal(await heldNode(second), 2);
    assert.deepEqual(await notices(1), ['ready']);
    await checkBooks(lab.db);
    await passTo(await startOf(second));
    assert.equal((await lab.reaches(bob, second, 'reserved')).nodeName, 'sim2');
  });

  it('cuts the end of who was made to wait where the next booking cannot be moved, and tells both', async () => {
    await set(1, { simulator: { loadSeconds: 1, spread: 0 } });
    const { second } = await lateReady();
    const late = await lab.reaches(ann, 1, 'reserved');
    assert.ok(late.end < (late.readyAt ?? 0) + 60 * minute);
    assert.equal(late.end, await startOf(second));
    assert.equal(await heldNode(second), 1);
    assert.deepEqual((await notices(1)).sort(), ['cut', 'ready']);
    assert.deepEqual(await notices(second), ['abuts-1']);
    await checkBooks(lab.db);
  });

  it('keeps what was extended before it was ready', async () => {
    await set(1);
    await lab.services.reserve(ann, hour);
    await lab.services.extend(ann, 1, 30);
    await lab.startDaemon();
    const ready = await lab.reaches(ann, 1, 'reserved');
    assert.equal(ready.end, (ready.readyAt ?? 0) + 90 * minute);
  });

  /** Ann's load takes twenty minutes; Bob has the machine right after the time that she was to have it. */
  async function lateReady() {
    if ((await rows('SELECT id FROM nodes')).length > 1)
      await inTransaction(lab.db, (tx) =>
        tx.table('nodes').where({ id: 2 }).update({ state: 'maintenance' }),
      );
    await lab.services.reserve(ann, hour);
    const made = await bookAfter(1);
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'available' }));
    await lab.startDaemon();
    await lab.until(() => Promise.resolve(callsOf(poolFolder(lab.directory)).length > 0));
    lab.db.clockOffset += 20 * minute;
    return made;
  }

  async function bookAfter(id: number) {
    const bob = await lab.person('bob');
    const [hold] = await rows<{ hold_until: number }>(
      `SELECT hold_until FROM allocations WHERE reservation_id = ${id}`,
    );
    const { id: second } = await lab.services.reserve(bob, { ...hour, start: Number(hold?.hold_until) });
    return { second, bob };
  }

  /** Lets time pass until then, and wakes the daemon. */
  async function passTo(at: number) {
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    lab.db.clockOffset += Math.max(0, at - now);
    lab.db.signals.emit('committed');
  }

  /** Ann has the first machine; Bob has it right after her. */
  async function twoInARow() {
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'maintenance' }));
    const first = await lab.services.reserve(ann, hour);
    await runUntilSettled(lab.db, lab.directory);
    await acknowledge(lab.deps, ann, first.id, 'test');
    const made = await bookAfter(first.id);
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'available' }));
    return made;
  }

  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const notices = async (id: number) =>
    (
      await rows<{ k: string }>(
        `SELECT notice_key AS k FROM notices WHERE reservation_id = ${id} ORDER BY id`,
      )
    ).map((row) => row.k);
  const node = async (id: number) => {
    const [row] = await rows<{ state: string; failure: string | null }>(
      `SELECT state, failure FROM nodes WHERE id = ${id}`,
    );
    assert.ok(row);
    return row;
  };
  const heldNode = async (id: number) =>
    (
      await rows<{ node_id: number }>(
        `SELECT node_id FROM allocations WHERE reservation_id = ${id} ORDER BY id DESC`,
      )
    )[0]?.node_id ?? 0;
  const endOf = async (id: number) =>
    Number((await rows<{ at: number }>(`SELECT end_at AS at FROM reservations WHERE id = ${id}`))[0]?.at);
  const startOf = async (id: number) =>
    Number((await rows<{ at: number }>(`SELECT start_at AS at FROM reservations WHERE id = ${id}`))[0]?.at);
  const suspended = async () =>
    (await rows('SELECT id FROM image_revisions WHERE suspended_at IS NOT NULL')).length;
});
