import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { ceilQuarter, day, hour, minute, quarter } from '../../../src/domain/time.ts';
import { addDays, wallClock } from '../../../src/domain/wall-clock.ts';
import { moveBooking } from '../../../src/services/booking/move.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { known, someone } from '../../helpers/administrators.ts';
import { assertNoOverlap, freeNodes, type Hold, liveHolds, windowOf } from '../../helpers/calendar-model.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import { eachEngine, enginesAndGalera } from '../../helpers/database.ts';
import { type Door, doorsOf } from '../../helpers/doors.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';
import { seeded } from '../../helpers/seeded.ts';

const operations = Number(process.env.LABRADOR_TEST_OPERATIONS ?? 10_000);
const nodes = [1, 2, 3, 4, 5, 6];
const image = 'simulated';
const timeZone = 'Europe/Berlin';

/**
 * Everything that changes a calendar, ten thousand times at random, over the nights in which summer time begins and ends: nothing
 * is held twice, no quarter is lost, and what a slow, exact model books is booked.
 */
eachEngine((engine, { open }) => {
  const luck = seeded(engine === 'sqlite' ? 5 : 23);
  const some = (most: number) => Math.floor(luck() * most);
  const one = <T>(all: readonly T[]): T => all[some(all.length)] as T;
  let lab: Lab;
  /** Everybody comes by the next of them: on Galera they are its nodes. */
  let doors: readonly Door[];
  let turn = 0;
  let admin: SignedIn;
  let teacher: SignedIn;
  const people: SignedIn[] = [];
  let courseId: number;
  /** Nobody does anything else at the same time. */
  let alone = true;
  /** How often the model had room, and how often it was found. */
  const room = { had: 0, found: 0 };
  const did: Record<string, number> = {};

  it('keeps its books and its word', async function () {
    this.timeout(3_600_000);
    await begin();
    for (let n = 0; n < operations; n++) {
      const held = await liveHolds(lab.db);
      if (n % 50 === 49) await burst(held);
      else await operate(held);
      assertNoOverlap(await liveHolds(lab.db));
      if (n % 10 === 0) await checkBooks(lab.db);
    }
    assert.ok(
      room.found >= room.had * 0.95,
      `${room.found} of ${room.had} were booked: ${JSON.stringify(did)}`,
    );
    // fewer may be without luck
    for (const [name] of operations < 2_000 ? [] : doings)
      assert.ok((did[name] ?? 0) > 0, `${name} never succeeded: ${JSON.stringify(did)}`);
    await finish();
  });
  afterEach(async () => {
    people.length = 0;
    await lab.close();
  });

  async function begin(): Promise<void> {
    lab = await makeLab(await open(), { nodes: nodes.length });
    doors = await doorsOf(lab, open, 1);
    admin = await someone(lab.deps, 'admin', 'administrator');
    await someone(lab.deps, 'teacher');
    for (let n = 0; n < 8; n++) people.push(await someone(lab.deps, `person${n}`));
    const today = wallClock(await now(), timeZone).slice(0, 10);
    ({ id: courseId } = await lab.services.addGroup(admin, { name: 'Physics' }));
    const course = { group: 'Physics', timeZone, termFrom: today, termUntil: addDays(today, 360) };
    await lab.services.addCourse(admin, { ...course, instructors: ['teacher'], ownSeats: 400 });
    teacher = await known(lab.deps, 'teacher');
    await pass(nextChange(await now()) - 2 * day);
    await settle();
  }

  /** Everybody gives everything back: nothing may be left. */
  async function finish(): Promise<void> {
    for (const hold of await liveHolds(lab.db))
      if (hold.reservation !== 0) await lab.services.endReservation(admin, hold.reservation).catch(refused);
    const { items } = await lab.services.listBlocks(admin, { limit: 100, state: 'approved' });
    for (const { id } of items) await lab.services.withdrawBlock(admin, id).catch(refused);
    for (const { id } of await lab.services.listMaintenance(admin))
      await lab.services.endMaintenance(admin, id).catch(refused);
    for (const me of people)
      for (const { id } of await lab.services.listWaiting(me)) await lab.services.leaveLine(me, id);
    await settle();
    await pass((await now()) + 8 * day);
    await settle();
    assert.deepEqual(await liveHolds(lab.db), []);
    await checkBooks(lab.db);
    const left = await reading(lab.db, (reader) =>
      reader.rows('SELECT node_id, day FROM occupancy WHERE day >= ? AND (am <> 0 OR pm <> 0)', [
        Math.floor(reader.now / day),
      ]),
    );
    assert.deepEqual(left, [], 'a quarter was lost');
  }

  type Doing = (held: readonly Hold[]) => Promise<unknown>;
  const doings: readonly (readonly [string, number, Doing])[] = [
    ['book', 30, book],
    ['now', 6, () => services().reserve(one(people), { image, minutes: anyMinutes() })],
    [
      'change',
      10,
      (held) => ofOne(held, async (me, id) => services().changeBooking(me, id, await anyWish())),
    ],
    ['extend', 10, (held) => ofOne(held, extend)],
    ['shorten', 5, (held) => ofOne(held, (me, id) => services().shorten(me, id, 1 + some(60)))],
    ['end', 14, (held) => ofOne(held, (me, id) => services().endReservation(me, id))],
    ['fail', 4, fail],
    ['block', 3, block],
    ['withdraw', 1, withdraw],
    ['claim', 3, claim],
    ['wait', 4, () => services().wait(one(people), { image, minutes: anyMinutes(), askFirst: luck() < 0.5 })],
    ['accept', 4, accept],
    ['leave', 1, leave],
    ['maintain', 2, maintain],
    ['resume', 1, resume],
    ['time', 6, time],
  ];
  const lot = doings.flatMap(([name, weight, doing]) =>
    Array.from({ length: weight }, () => [name, doing] as const),
  );

  async function operate(held: readonly Hold[], which = lot): Promise<void> {
    const [name, doing] = one(which);
    if ((await doing(held).catch(refused)) !== false) did[name] = (did[name] ?? 0) + 1;
  }

  /** Many at the same time; time stands still. */
  async function burst(held: readonly Hold[]): Promise<void> {
    const which = lot.filter(([name]) => !['time', 'block', 'maintain', 'fail'].includes(name));
    alone = false;
    await Promise.all(Array.from({ length: 16 }, () => operate(held, which)));
    alone = true;
  }

  async function book(held: readonly Hold[]): Promise<unknown> {
    const wish = await anyWish();
    const waits = (await services().listWaiting(admin, { everybody: true })).length > 0;
    const window = windowOf(wish);
    const booked = await services()
      .reserve(one(people), { image, ...wish })
      .then(() => true, refused);
    if (alone)
      assert.ok(!booked || freeNodes(held, nodes, window) > 0, 'it books what the model has no room for');
    if (alone && !waits && freeNodes(held, await inOrder(), window) > 0) {
      room.had++;
      if (booked) room.found++;
    }
    return booked;
  }

  async function extend(me: SignedIn, id: number): Promise<unknown> {
    const { mostMinutes } = await services().extension(me, id);
    const minutes = luck() < 0.5 ? mostMinutes : 1 + some(mostMinutes + 30);
    let why = '';
    const extended = await services()
      .extend(me, id, minutes)
      .then(
        () => true,
        (error: unknown) => {
          why = String(error);
          return refused(error);
        },
      );
    const fits = minutes > 0 && minutes <= mostMinutes;
    if (alone) assert.equal(extended, fits, `${minutes} of ${mostMinutes} minutes: ${why}`);
    return extended;
  }

  /** A machine is out of order for a while: what is booked on it goes elsewhere. */
  async function fail(held: readonly Hold[]): Promise<unknown> {
    const node = one(await inOrder());
    const put = (state: string) =>
      inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: node }).update({ state }));
    const start = await now();
    const booked = held.filter(
      (hold) => hold.node === node && hold.purpose === 'reservation' && hold.start > start + hour,
    );
    const busy = held.some((hold) => hold.node === node && hold.from <= start);
    if (busy || booked.length === 0) return false;
    await put('failed');
    for (const { id } of booked)
      await inTransaction(lab.db, (tx) => moveBooking(tx, lab.deps, id, 'It is out of order.'));
    await put('available');
  }

  async function block(): Promise<unknown> {
    const start = ceilQuarter(await now()) + day + some(4 * 24) * hour;
    const [from, until] = [start, start + (1 + some(3)) * hour].map((at) => wallClock(at, timeZone));
    if (!from || !until || from.slice(0, 10) !== until.slice(0, 10)) return false;
    const seats = 1 + some(nodes.length);
    const times = { date: from.slice(0, 10), from: from.slice(11, 16), until: until.slice(11, 16) };
    const { id } = await services().askBlock(teacher, {
      ...{ courseId, image, seats, graceMinutes: luck() < 0.5 ? 15 : null },
      recurrence: { kind: 'listed', times: [times] },
    });
    await services().approveBlock(teacher, id);
    await settle();
    const { state, occurrences } = await services().inspectBlock(teacher, id);
    const dates = occurrences.map((date) => date.id);
    const seated = (await liveHolds(lab.db)).filter(({ dateId }) => dates.includes(dateId));
    if (state !== 'approved') assert.equal(seated.length, 0, 'whole or not at all');
    else assert.equal(seated.length, seats, JSON.stringify(occurrences));
    return state === 'approved';
  }

  async function withdraw(): Promise<void> {
    const { items } = await services().listBlocks(teacher, { limit: 100, state: 'approved' });
    await services().withdrawBlock(teacher, items.length > 0 ? one(items).id : 0);
    await settle();
  }

  async function claim(): Promise<void> {
    const me = one(people);
    const member = { group_id: courseId, user_id: me.id };
    await inTransaction(lab.db, async (tx) => {
      if (!(await tx.table('group_members').where(member).first()))
        await tx.table('group_members').insert(member);
    });
    const [first] = await services().ownClasses(me);
    await services().claim(me, first?.dateId ?? 0);
    await settle();
  }

  function accept(held: readonly Hold[]): Promise<unknown> {
    const offers = held.filter(({ purpose }) => purpose === 'offer');
    return ofOne(offers, (me, id) => services().acceptOffer(me, id));
  }

  async function leave(): Promise<void> {
    const [first] = await services().listWaiting(admin, { everybody: true });
    await services().leaveLine(admin, first?.id ?? 0);
  }

  async function maintain(): Promise<void> {
    const from = ceilQuarter(await now()) + some(48) * hour;
    await services().addMaintenance(admin, {
      ...{ reason: 'New switches', timeZone, bookings: luck() < 0.5 ? 'tell' : 'end' },
      ...{ from, until: from + (1 + some(12)) * hour, nodes: { kind: 'nodes', named: [`sim${one(nodes)}`] } },
    });
    await settle();
  }

  async function resume(): Promise<void> {
    const windows = (await services().listMaintenance(admin)).filter(({ phase }) => phase !== 'over');
    await services().endMaintenance(admin, windows.length > 0 ? one(windows).id : 0);
    await settle();
  }

  /** Some minutes, some hours, or until the next class begins. */
  async function time(held: readonly Hold[]): Promise<void> {
    const at = await now();
    const classes = held.filter(({ purpose, start }) => purpose === 'block' && start > at);
    const soonest = Math.min(...classes.map(({ start }) => start)) - 5 * minute;
    const waited = at + (luck() < 0.7 ? 5 + some(60) : some(8 * 60)) * minute;
    await pass(luck() < 0.3 && Number.isFinite(soonest) ? soonest : waited);
    await settle();
  }

  /** Something with a reservation that is held, in its person's name. */
  async function ofOne(
    held: readonly Hold[],
    doing: (me: SignedIn, id: number) => Promise<unknown>,
  ): Promise<unknown> {
    const { reservation } = one(held) ?? {};
    if (!reservation) return false;
    const { user } = await services().getReservation(admin, reservation);
    return doing(await known(lab.deps, user.name), reservation);
  }

  const next = () => doors[turn++ % doors.length] ?? lab;
  const services = () => next().services;
  const pass = async (at: number) => {
    await passTo(lab, at);
    for (const { db } of doors) db.clockOffset = lab.db.clockOffset;
  };
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  const settle = async () => {
    if (!alone) return;
    await runUntilSettled(next().db, lab.directory, { times: { graceSeconds: 1 } });
    // a load that took long on a busy computer would make holds longer than the model's
    await inTransaction(lab.db, (tx) => tx.table('load_times').update({ milliseconds: 0 }));
  };
  const inOrder = async () => {
    const rows = await reading(lab.db, (reader) =>
      reader.rows<{ id: number }>(
        "SELECT id FROM nodes WHERE state NOT IN ('failed', 'maintenance') ORDER BY id",
      ),
    );
    return rows.map(({ id }) => id);
  };
  const anyMinutes = () => 15 + some(300);
  const anyWish = async () => ({
    start: ceilQuarter(await now()) + (4 + some(3 * 96)) * quarter,
    minutes: anyMinutes(),
  });
  const refused = (error: unknown) => {
    if (!(error instanceof LabError)) throw error;
    return false;
  };
}, enginesAndGalera);

/** The next moment at which the clocks of the zone are changed. */
function nextChange(from: number): number {
  const offset = (at: number) => wallClock(at, timeZone).slice(11, 13);
  for (let at = Math.ceil(from / day) * day; ; at += day) if (offset(at) !== offset(at + day)) return at;
}
