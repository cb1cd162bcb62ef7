import assert from 'node:assert/strict';
import { reading } from '../../../db/transaction.ts';
import { day, hour } from '../../../src/domain/time.ts';
import { type OpenHours, weekdays } from '../../../src/domain/weekly-hours.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

/** Open from eight to eight, UTC. */
const days: OpenHours[] = weekdays.map((name) => ({ day: name, from: '08:00', until: '20:00' }));
const wish = { name: 'Days', timeZone: 'UTC', hours: days };
const everywhere = { kind: 'all', named: [] } as const;

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

  const book = (at: number, hours = 1) =>
    lab.services.reserve(ann, { image: 'simulated', minutes: hours * 60, start: midnight + at * hour });
  const settle = () => runUntilSettled(lab.db, lab.directory);
  const close = async (id: number | null = null) => {
    const schedule = id ?? (await lab.services.addSchedule(admin, wish)).id;
    await lab.services.assignSchedule(admin, schedule, everywhere);
    await settle();
    return schedule;
  };

  it('keeps people away in closed hours and nowhere else, until the last day, and lets them in again', async () => {
    await set(2);
    const id = await close();
    await assert.rejects(book(3), { code: 'reservation.closed' });
    await assert.rejects(book(19.5), { code: 'reservation.closed' });
    await assert.rejects(book(24 * 390 + 2), { code: 'reservation.closed' });
    await book(9);
    const [view] = await lab.services.listSchedules(admin);
    assert.deepEqual({ nodes: view?.nodes, waiting: view?.waiting }, { nodes: 2, waiting: 0 });
    await lab.services.editSchedule(admin, id, { hours: [{ day: 'monday', from: '00:00', until: '24:00' }] });
    await settle();
    const monday =
      [9, 33, 57, 81, 105, 129, 153].find((at) => new Date(midnight + at * hour).getUTCDay() === 1) ?? 0;
    await book(monday + 13);
    await assert.rejects(book(monday + 30), { code: 'reservation.closed' });
    await lab.services.removeSchedule(admin, id);
    await settle();
    await book(monday + 30);
    await checkBooks(lab.db);
  });

  it('moves what is booked where another node is open, and lists what stays with whom to tell', async () => {
    await set(2);
    const stays = await book(2);
    const { id } = await lab.services.addSchedule(admin, wish);
    await lab.services.assignSchedule(admin, id, { kind: 'nodes', named: [stays.nodeName ?? ''] });
    await settle();
    const moved = await lab.services.getReservation(ann, stays.id);
    assert.notEqual(moved.nodeName, stays.nodeName);
    await close(id);
    const detail = await lab.services.getSchedule(admin, id);
    assert.deepEqual(
      detail.stays.map(({ reservationId, user, email }) => ({ reservationId, user, email })),
      [{ reservationId: stays.id, user: 'ann', email: 'ann@example.org' }],
    );
    await checkBooks(lab.db);
    await lab.services.endReservation(ann, stays.id);
    await settle();
    await assert.rejects(book(2), { code: 'reservation.closed' });
    assert.deepEqual((await lab.services.getSchedule(admin, id)).stays, []);
    await checkBooks(lab.db);
  });

  it('is for administrators, refuses what is no schedule, and says who was first', async () => {
    await set(1);
    await assert.rejects(lab.services.addSchedule(ann, wish), { code: 'not-allowed' });
    await assert.rejects(lab.services.listSchedules(ann), { code: 'not-allowed' });
    for (const wrong of [{ name: '' }, { timeZone: '+02:00' }, { hours: [] }, { hours: [...days, ...days] }])
      await assert.rejects(lab.services.addSchedule(admin, { ...wish, ...wrong }), { code: 'input.invalid' });
    const { id } = await lab.services.addSchedule(admin, wish, { idempotencyKey: 'once' });
    assert.equal((await lab.services.addSchedule(admin, wish, { idempotencyKey: 'once' })).id, id);
    await assert.rejects(lab.services.addSchedule(admin, wish), { code: 'name.taken' });
    await lab.services.editSchedule(admin, id, { name: 'Daytime', version: 1 });
    await assert.rejects(lab.services.editSchedule(admin, id, { name: 'x', version: 1 }), {
      code: 'changed-meanwhile',
    });
    await assert.rejects(lab.services.assignSchedule(admin, id, { kind: 'rack', named: ['none'] }), {
      code: 'input.invalid',
    });
    assert.equal((await lab.services.assignSchedule(admin, id, everywhere)).changed, 1);
    assert.equal((await lab.services.assignSchedule(admin, id, everywhere)).changed, 0);
  });
});
