import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../db/transaction.ts';
import { LabError } from '../../src/domain/errors.ts';
import { day, minute } from '../../src/domain/time.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { ReservationView, SignedIn } from '../../src/services/views.ts';
import { checkWhole, makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { readMessages, sayConnected, sayIdle } from '../helpers/recording-os.ts';

const hour = { image: 'simulated', minutes: 60 };

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  beforeEach(async () => {
    lab = await makeCrashLab(await open(), { nodes: 1 });
    ann = await lab.person('ann');
    await lab.startDaemon();
  });
  afterEach(() => lab.close());

  /** A machine that is ready; nobody has pressed Connect. */
  const ready = async (minutes = 60): Promise<number> => {
    const { id } = await lab.services.reserve(ann, { ...hour, minutes });
    await lab.reaches(ann, id, 'reserved');
    await untilSettled(lab.db);
    return id;
  };
  /** Connect was pressed, and its person is seen as `connected`. */
  const opened = async (connected: 'yes' | 'no' | 'unknown', minutes = 60): Promise<number> => {
    const id = await ready(minutes);
    sayConnected(poolFolder(lab.directory), connected);
    await acknowledge(lab.deps, ann, id, 'test');
    await untilSettled(lab.db);
    return id;
  };
  const pass = async (milliseconds: number) => {
    lab.db.clockOffset += milliseconds;
    lab.db.signals.emit('committed');
    await untilSettled(lab.db);
  };
  const view = (id: number): Promise<ReservationView> => lab.services.getReservation(ann, id);
  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  /** The kinds of what was told, in order: `clock`, `end-15`, ... */
  const told = async (id: number) =>
    (
      await rows<{ k: string }>(
        `SELECT notice_key AS k FROM notices WHERE reservation_id = ${id} ORDER BY id`,
      )
    ).map(({ k }) => k.replace(/-\d{6,}$/, ''));
  const endsBecause = async (id: number, reason: RegExp) => {
    const ended = await lab.reaches(ann, id, 'complete');
    assert.match(ended.reason ?? '', reason);
    await untilSettled(lab.db);
    await checkWhole(lab.db, lab.directory);
  };

  it('ends what nobody connects to, and says so five minutes before', async () => {
    const id = await ready();
    await pass(9.5 * minute);
    assert.deepEqual(await told(id), ['ready']);
    await pass(minute);
    assert.deepEqual(await told(id), ['ready', 'clock']);
    await pass(4 * minute);
    assert.equal((await view(id)).state, 'reserved');
    assert.deepEqual(await told(id), ['ready', 'clock']);
    await pass(minute);
    await endsBecause(id, /^Nobody pressed Connect in time\.$/);
    assert.deepEqual(await told(id), ['ready', 'clock', 'ended']);
  });

  it('keeps it to its planned end when asked to', async () => {
    const id = await ready();
    await pass(11 * minute);
    await lab.services.keep(ann, id);
    await pass(30 * minute);
    assert.equal((await view(id)).state, 'reserved');
    await pass(20 * minute);
    await endsBecause(id, /booked time is over/);
  });

  for (const [title, minutes, columns] of [
    ['a reservation of a day or longer', 1440, {}],
    ['an environment that says so', 60, { check_connected: 0 }],
  ] as const) {
    it(`does not time out ${title}`, async () => {
      await inTransaction(lab.db, (tx) => tx.table('images').update({ title: 'x', ...columns }));
      const id = await ready(minutes);
      await pass(40 * minute);
      assert.equal((await view(id)).state, 'reserved');
      assert.ok(!(await told(id)).includes('clock'));
    });
  }

  it('ends what nobody logs in to after Connect', async () => {
    const id = await opened('no');
    await pass(9 * minute);
    assert.deepEqual(await told(id), ['ready']);
    await pass(2 * minute);
    assert.deepEqual(await told(id), ['ready', 'clock']);
    await pass(5 * minute);
    await endsBecause(id, /^Nobody logged in in time\.$/);
  });

  it('ends what everybody left, and counts anew for who comes back', async () => {
    const id = await opened('yes', 120);
    assert.equal((await view(id)).state, 'inuse');
    sayConnected(poolFolder(lab.directory), 'no');
    await pass(minute);
    await pass(11 * minute);
    assert.deepEqual(await told(id), ['ready', 'clock']);
    sayConnected(poolFolder(lab.directory), 'yes');
    await pass(minute);
    sayConnected(poolFolder(lab.directory), 'no');
    await pass(minute);
    await pass(11 * minute);
    assert.equal((await view(id)).state, 'inuse');
    assert.deepEqual(await told(id), ['ready', 'clock', 'clock']);
    await pass(5 * minute);
    await endsBecause(id, /^Nobody was connected for too long\.$/);
  });

  it('ends what nobody types on where that is a rule, warned on the page and in the terminal; who types stays', async () => {
    await inTransaction(lab.db, async (tx) => {
      await tx.table('pools').update({ idle_minutes: 60 });
      await tx.table('images').update({ idle_minutes: 30 });
    });
    const folder = poolFolder(lab.directory);
    const id = await opened('yes', 240);
    assert.equal((await view(id)).state, 'inuse');
    assert.equal((await view(id)).can.keep, true, 'a long computation can be kept beforehand');
    await pass(40 * minute);
    assert.equal((await view(id)).deadline, null, 'what cannot be seen is no rest');
    sayIdle(folder, 20 * 60);
    await pass(minute);
    assert.equal((await view(id)).deadline, null, 'who pauses is not told of it');
    sayIdle(folder, 26 * 60);
    await pass(6 * minute);
    assert.deepEqual(await told(id), ['ready', 'clock']);
    assert.match(readMessages(folder).at(-1) ?? '', /^Nothing was typed for long: type something within/);
    assert.equal((await view(id)).deadline?.kind, 'input');
    sayIdle(folder, 0);
    await pass(minute);
    assert.equal((await view(id)).deadline, null);
    sayIdle(folder, 26 * 60);
    await pass(26 * minute);
    assert.equal((await view(id)).state, 'inuse');
    assert.deepEqual(await told(id), ['ready', 'clock', 'clock']);
    sayIdle(folder, 31 * 60);
    await pass(5 * minute);
    await endsBecause(id, /^Nothing was typed for too long\.$/);
  });

  it('does not ask who types where nobody wants to know, and ends neither seats of classes nor what is kept', async () => {
    sayIdle(poolFolder(lab.directory), 600 * 60);
    const id = await opened('yes', 240);
    await pass(30 * minute);
    await inTransaction(lab.db, (tx) => tx.table('images').update({ idle_minutes: 10 }));
    await inTransaction(lab.db, (tx) => tx.table('reservations').update({ block_date_id: 1 }));
    await pass(30 * minute);
    await inTransaction(lab.db, (tx) => tx.table('reservations').update({ block_date_id: null }));
    await lab.services.keep(ann, id);
    await pass(30 * minute);
    assert.equal((await view(id)).state, 'inuse');
    assert.deepEqual(await told(id), ['ready']);
  });

  it('waits as long for its person as its image and its pool say', async () => {
    await inTransaction(lab.db, async (tx) => {
      await tx.table('images').update({ never_connected_minutes: 30 });
      await tx.table('pools').update({ disconnected_minutes: 0 });
    });
    const id = await ready(240);
    await pass(20 * minute);
    assert.equal((await view(id)).state, 'reserved');
    sayConnected(poolFolder(lab.directory), 'yes');
    await acknowledge(lab.deps, ann, id, 'test');
    await untilSettled(lab.db);
    sayConnected(poolFolder(lab.directory), 'no');
    for (const wait of [minute, 40 * minute, 40 * minute]) await pass(wait);
    assert.equal((await view(id)).state, 'inuse');
    assert.deepEqual(await told(id), ['ready']);
  });

  it('counts only what it sees: who cannot be seen is never late', async () => {
    const id = await opened('unknown', 120);
    await pass(40 * minute);
    await pass(40 * minute);
    assert.ok(['reserved', 'inuse'].includes((await view(id)).state));
    assert.ok(!(await told(id)).includes('clock'));
    sayConnected(poolFolder(lab.directory), 'no');
    await pass(minute);
    await pass(10 * minute);
    assert.ok(['reserved', 'inuse'].includes((await view(id)).state), 'the clock begins when it is seen');
  });

  it('announces the end 15 and 5 minutes before, once each, and once more after an extension', async () => {
    const id = await opened('yes');
    await pass(40 * minute);
    assert.deepEqual(await told(id), ['ready']);
    for (let i = 0; i < 3; i++) await pass(2 * minute);
    assert.deepEqual(await told(id), ['ready', 'end-15']);
    for (let i = 0; i < 3; i++) await pass(3.5 * minute);
    assert.deepEqual(await told(id), ['ready', 'end-15', 'end-5']);
    await lab.services.extend(ann, id, 30);
    await pass(minute);
    assert.deepEqual(await told(id), ['ready', 'end-15', 'end-5']);
    await pass(18 * minute);
    await pass(10 * minute);
    assert.deepEqual(await told(id), ['ready', 'end-15', 'end-5', 'end-15', 'end-5']);
    await pass(6 * minute);
    await endsBecause(id, /booked time is over/);
  });

  it('announces the end of a long one 2 weeks, 1 week, 2 days and 24 hours before too', async () => {
    const id = await opened('yes', 20 * 24 * 60);
    for (const wait of [7 * day, 6 * day, 5.5 * day, 13 * 60 * minute, 1365 * minute, 6 * minute]) {
      await pass(wait);
      await pass(minute);
    }
    assert.deepEqual(await told(id), ['ready', 'end-2w', 'end-1w', 'end-2d', 'end-24h', 'end-15', 'end-5']);
  });

  it('begins a booking at its start, not before, and gives its person the time from there', async () => {
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    const start = now + 3 * 60 * minute;
    const { id } = await lab.services.reserve(ann, { ...hour, start });
    await pass(150 * minute);
    assert.equal((await view(id)).state, 'new');
    assert.equal((await rows<{ state: string }>('SELECT state FROM allocations'))[0]?.state, 'held');
    await pass(30 * minute);
    const begun = await lab.reaches(ann, id, 'reserved');
    assert.equal(begun.end, start + 60 * minute);
    await pass(9 * minute);
    assert.deepEqual(await told(id), ['ready']);
    await pass(7 * minute);
    await endsBecause(id, /Nobody pressed Connect/);
  });

  it('extends up to the next booking, and says so before', async () => {
    const id = await opened('yes');
    const [hold] = await rows<{ hold_until: number }>('SELECT hold_until FROM allocations');
    const next = Number(hold?.hold_until) + 30 * minute;
    await lab.services.reserve(await lab.person('bob'), { ...hour, start: next });
    const { end } = await view(id);
    const most = await lab.services.extension(ann, id);
    assert.equal(most.mostMinutes, Math.floor((next - end) / minute));
    assert.match(most.because, /somebody else/);
    await assert.rejects(lab.services.extend(ann, id, most.mostMinutes + 1), (error) => {
      assert.ok(error instanceof LabError);
      assert.deepEqual(
        error.alternatives.map(({ minutes }) => minutes),
        [most.mostMinutes],
      );
      return error.code === 'reservation.extend-limit';
    });
    assert.equal((await view(id)).end, end);
    await lab.services.extend(ann, id, most.mostMinutes);
    assert.equal((await lab.services.extension(ann, id)).mostMinutes, 0);
    await checkBooks(lab.db);
  });

  it("extends within the group's limits, of one extension and of all together", async () => {
    const eve = await lab.person('eve', { limits: { extendMinutes: 60, totalMinutes: 150 } });
    const { id } = await lab.services.reserve(eve, hour);
    await lab.reaches(eve, id, 'reserved');
    assert.equal((await lab.services.extension(eve, id)).mostMinutes, 60);
    await assert.rejects(lab.services.extend(eve, id, 61), { code: 'reservation.extend-limit' });
    await lab.services.extend(eve, id, 60);
    const left = (await lab.services.extension(eve, id)).mostMinutes;
    assert.ok(left === 30 || left === 29, `${left} are left`);
    await lab.services.extend(eve, id, left);
    await assert.rejects(lab.services.extend(eve, id, 15), { code: 'reservation.extend-blocked' });
    await checkBooks(lab.db);
  });
});
