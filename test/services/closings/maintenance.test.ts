import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { states as modules } from '../../../modules/state/registry.ts';
import type { StateModule } from '../../../src/domain/contracts/state.ts';
import { day, hour, minute } from '../../../src/domain/time.ts';
import { moveBooking } from '../../../src/services/booking/move.ts';
import type { MaintenanceWish } from '../../../src/services/closing-services.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, type LabOptions, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let admin: SignedIn;
  let ann: SignedIn;
  /** Midnight, UTC, in two days. */
  let midnight: number;

  const set = async (nodes: number) => {
    lab = await makeLab(await open(), { nodes });
    admin = await lab.person('admin', { role: 'administrator' });
    ann = await lab.person('ann');
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    midnight = Math.floor(now / day) * day + 2 * day;
  };
  afterEach(() => lab.close());

  const wish = (over: Partial<MaintenanceWish> = {}): MaintenanceWish => ({
    ...{ reason: 'New switches', timeZone: 'Europe/Berlin', bookings: 'tell' },
    ...{ from: midnight + 20 * hour, until: midnight + 28 * hour, nodes: { kind: 'all', named: [] } },
    ...over,
  });
  const book = (at: number, hours = 1) =>
    lab.services.reserve(ann, { image: 'simulated', minutes: hours * 60, start: midnight + at * hour });
  const settle = (over: LabOptions['over'] = {}) => runUntilSettled(lab.db, lab.directory, { over });
  const states = () =>
    reading(lab.db, async (reader) =>
      (await reader.rows<{ state: string }>('SELECT state FROM nodes ORDER BY id')).map(({ state }) => state),
    );
  const noticesOf = (id: number) =>
    reading(lab.db, async (reader) => {
      const rows = await reader.rows<{ notice_key: string }>(
        'SELECT notice_key FROM notices WHERE reservation_id = ? ORDER BY id',
        [id],
      );
      return rows.map(({ notice_key }) => notice_key);
    });
  const phase = async (id: number) => (await lab.services.getMaintenance(admin, id)).phase;

  it('takes nodes out when it begins and back when it is over, though nobody was there meanwhile', async () => {
    await set(2);
    await lab.services.orderNode(admin, 2, { action: 'maintenance' });
    await settle();
    const { id } = await lab.services.addMaintenance(admin, wish());
    await settle();
    assert.equal(await phase(id), 'planned');
    await assert.rejects(book(21), { code: 'reservation.maintenance' });
    const later = await book(40);
    await passTo(lab, midnight + 20 * hour + minute);
    await settle();
    assert.deepEqual(await states(), ['maintenance', 'maintenance']);
    assert.equal(await phase(id), 'running');
    const detail = await lab.services.getMaintenance(admin, id);
    const second = await lab.services.getMaintenance(admin, id, { offset: 1, limit: 1 });
    assert.deepEqual([second.count, second.affected.map((node) => node.id)], [2, [2]]);
    assert.deepEqual(
      detail.affected.map(({ part }) => part),
      ['out', 'left'],
    );
    // what is booked for after it stays where it is, and more can be booked
    assert.equal((await lab.services.getReservation(ann, later.id)).nodeName, 'sim1');
    await book(60);
    await passTo(lab, midnight + 29 * hour);
    await settle();
    assert.deepEqual(await states(), ['available', 'maintenance']);
    assert.equal(await phase(id), 'over');
    await checkBooks(lab.db);
  });

  it('moves what can be moved, tells the rest, and says so before', async () => {
    await set(2);
    const one = await book(21);
    const other = await book(25);
    const here = { nodes: { kind: 'nodes', named: ['sim1'] } } as const;
    const preview = await lab.services.previewMaintenance(admin, wish(here));
    const { id } = await lab.services.addMaintenance(admin, wish(here));
    await settle();
    for (const { id: booking } of [one, other])
      assert.equal((await lab.services.getReservation(ann, booking)).nodeName, 'sim2');
    assert.deepEqual([preview.count, preview.told, preview.ended], [1, 0, 0]);
    await lab.services.endMaintenance(admin, id);
    const all = await lab.services.addMaintenance(admin, wish());
    assert.equal((await lab.services.previewMaintenance(admin, wish())).told, 2);
    await settle();
    assert.equal(await phase(id), 'cancelled');
    const { stays } = await lab.services.getMaintenance(admin, all.id);
    assert.deepEqual(
      stays.map(({ reservationId }) => reservationId),
      [one.id, other.id],
    );
    assert.deepEqual(await noticesOf(one.id), [`maintenance-${all.id}-1-planned`]);
    await settle();
    assert.equal((await noticesOf(one.id)).length, 1);
    const { notices } = await lab.services.getReservation(ann, one.id);
    assert.match(notices.map(({ text }) => text).join(), /What you booked begins within it/);
    for (const at of [20, 21]) {
      await passTo(lab, midnight + at * hour);
      await settle();
    }
    const waits = await reading(lab.db, (reader) =>
      reader.rows<{ result: string | null }>(
        "SELECT result FROM tasks WHERE action = 'new' AND status = 'queued' AND result IS NOT NULL",
      ),
    );
    assert.deepEqual(waits, [{ result: 'The machine is out of order.' }], 'nobody else is in the way');
    await checkBooks(lab.db);
  });

  it('ends what cannot be moved when it begins, and warns who has a machine half an hour before', async () => {
    await set(1);
    const coming = await book(22);
    const running = await book(19, 2);
    const { id } = await lab.services.addMaintenance(admin, wish({ bookings: 'end' }));
    await settle();
    assert.equal((await lab.services.getReservation(ann, coming.id)).state, 'complete');
    await passTo(lab, midnight + 19 * hour);
    await settle();
    assert.ok(['reserved', 'inuse'].includes((await lab.services.getReservation(ann, running.id)).state));
    await passTo(lab, midnight + 19 * hour + 40 * minute);
    await settle();
    const warned = await lab.services.getReservation(ann, running.id);
    assert.equal(warned.end, midnight + 20 * hour);
    assert.ok((await noticesOf(running.id)).includes(`maintenance-${id}-1-soon`));
    await passTo(lab, midnight + 20 * hour + minute);
    await settle();
    await passTo(lab, midnight + 20 * hour + 3 * minute);
    await settle();
    assert.equal((await lab.services.getReservation(ann, running.id)).state, 'complete');
    assert.deepEqual(await states(), ['maintenance']);
    await lab.services.endMaintenance(admin, id);
    await settle();
    assert.deepEqual(await states(), ['available']);
    await book(26);
    await checkBooks(lab.db);
  });

  it('neither ends nor tells of what somebody else moves out of its way at the same time', async () => {
    await set(2);
    const { id } = await book(21);
    const { nodeName } = await lab.services.getReservation(ann, id);
    const nodes = { kind: 'nodes', named: [nodeName ?? ''] } as const;
    await lab.services.addMaintenance(admin, wish({ nodes, bookings: 'end' }));
    let moved = 0;
    const closings: StateModule = {
      ...modules.closings,
      run: (context) =>
        modules.closings.run({
          ...context,
          closings: async () => {
            const due = await context.closings();
            for (const { allocationId } of due.bookings)
              if (await inTransaction(lab.db, (tx) => moveBooking(tx, lab.deps, allocationId, 'Healed.')))
                moved++;
            return due;
          },
        }),
    };
    await settle({ states: { ...modules, closings } });
    const booking = await lab.services.getReservation(ann, id);
    assert.deepEqual([moved, booking.state, booking.notices], [1, 'new', []]);
    await checkBooks(lab.db);
  });

  it('is moved and lengthened with its bits, and given over where another one lasts', async () => {
    await set(1);
    const { id } = await lab.services.addMaintenance(admin, wish());
    await settle();
    await lab.services.editMaintenance(admin, id, {
      from: midnight + 30 * hour,
      until: midnight + 34 * hour,
      version: 1,
    });
    await assert.rejects(lab.services.editMaintenance(admin, id, { reason: 'x', version: 1 }), {
      code: 'changed-meanwhile',
    });
    await settle();
    await book(21);
    await assert.rejects(book(31), { code: 'reservation.maintenance' });
    const longer = await lab.services.addMaintenance(
      admin,
      wish({ from: midnight + 33 * hour, until: midnight + 36 * hour }),
    );
    await passTo(lab, midnight + 33.5 * hour);
    await settle();
    await passTo(lab, midnight + 34.5 * hour);
    await settle();
    assert.deepEqual(
      [await phase(id), await phase(longer.id), ...(await states())],
      ['over', 'running', 'maintenance'],
    );
    await assert.rejects(lab.services.endMaintenance(admin, id), { code: 'maintenance.over' });
    await lab.services.endMaintenance(admin, longer.id);
    await settle();
    assert.deepEqual(await states(), ['available']);
    await checkBooks(lab.db);
  });

  it('is for administrators, and refuses what is no window', async () => {
    await set(1);
    await assert.rejects(lab.services.addMaintenance(ann, wish()), { code: 'not-allowed' });
    const wrong = [
      { reason: ' ' },
      { until: midnight },
      { until: midnight + 500 * day },
      { from: Number.NaN },
      { timeZone: 'nowhere' },
      { nodes: { kind: 'nodes', named: ['no-such'] } },
      { nodes: { kind: 'rack', named: [] } },
    ] as const;
    for (const one of wrong)
      await assert.rejects(
        lab.services.addMaintenance(admin, wish(one)),
        { code: 'input.invalid' },
        JSON.stringify(one),
      );
    assert.deepEqual(await lab.services.listMaintenance(admin), []);
  });
});
