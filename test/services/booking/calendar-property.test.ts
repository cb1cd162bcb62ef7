import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { ceilQuarter, day, minute, quarter, type Window } from '../../../src/domain/time.ts';
import { moveBooking } from '../../../src/services/booking/move.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import {
  assertNoOverlap,
  freeNodes,
  type Hold,
  isFree,
  liveHolds,
  windowOf,
} from '../../helpers/calendar-model.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { seeded } from '../../helpers/seeded.ts';

const nodes = [1, 2, 3, 4];
const image = 'simulated';

/** Everything that changes a calendar, at random, against a model that is slow, exact and knows no bits. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let noon: number;
  const luck = seeded(11);
  const some = (most: number) => Math.floor(luck() * most);
  afterEach(() => lab.close());

  it('what the model has room for is booked, changed, extended and moved, and nothing else', async function () {
    this.timeout(300_000);
    lab = await makeLab(await open(), { nodes: nodes.length });
    ann = await lab.person('ann');
    noon = ceilQuarter(await reading(lab.db, (reader) => Promise.resolve(reader.now))) + 2 * day;
    const doings = [book, book, book, change, change, extend, extend, shorten, fail, end];
    for (let n = 0; n < 100; n++) {
      const doing = doings[some(doings.length)] ?? book;
      await doing(await live());
      await check();
    }
    for (let burst = 0; burst < 4; burst++) {
      const held = await live();
      await Promise.all(Array.from({ length: 10 }, () => anything(held).catch(refused)));
      await check();
    }
  });

  async function book(held: readonly Hold[]): Promise<void> {
    const wish = { start: anyStart(), minutes: anyMinutes() };
    const made = lab.services.reserve(ann, { image, ...wish });
    await agrees(made, fitsSomewhere(held, windowOf(wish)), 'book');
  }

  async function change(held: readonly Hold[]): Promise<void> {
    const one = held[some(held.length)];
    if (!one) return;
    const wish = { start: anyStart(), minutes: anyMinutes() };
    const others = held.filter(({ id }) => id !== one.id);
    const fits = fitsSomewhere(others, windowOf(wish));
    await agrees(lab.services.changeBooking(ann, one.reservation, wish), fits, 'change');
    const [now] = (await live()).filter(({ reservation }) => reservation === one.reservation);
    const stays = isFree(others, one.node, windowOf(wish));
    assert.equal(now?.node === one.node, stays || !fits, 'it keeps its machine where that fits');
  }

  async function extend(held: readonly Hold[]): Promise<void> {
    const one = held[some(held.length)];
    if (!one) return;
    const most = mostOf(held, one);
    const shown = await lab.services.extension(ann, one.reservation);
    assert.equal(shown.mostMinutes, most, shown.because);
    const minutes = luck() < 0.3 ? most : 1 + some(most + 30);
    if (minutes > 0 && minutes <= 12 * 60)
      await agrees(lab.services.extend(ann, one.reservation, minutes), minutes <= most, 'extend');
  }

  async function shorten(held: readonly Hold[]): Promise<void> {
    const one = held[some(held.length)];
    if (!one) return;
    const minutes = 1 + some(60);
    const fits = one.end - minutes * minute >= one.start + minute;
    await agrees(lab.services.shorten(ann, one.reservation, minutes), fits, 'shorten');
  }

  /** A machine is out of order for a while: what is on it goes elsewhere, one after the other. */
  async function fail(held: readonly Hold[]): Promise<void> {
    const node = nodes[some(nodes.length)] ?? 1;
    await put(node, 'failed');
    for (const one of held.filter((hold) => hold.node === node)) {
      const others = await live();
      const fits = nodes.some((other) => other !== node && isFree(others, other, one));
      assert.equal(await move(one.id), fits, 'move');
    }
    await put(node, 'available');
  }

  async function end(held: readonly Hold[]): Promise<void> {
    const one = held[some(held.length)];
    if (one) await lab.services.endReservation(ann, one.reservation);
    await released();
  }

  /** Without the model: others do something at the same time. */
  async function anything(held: readonly Hold[]): Promise<unknown> {
    const one = held[some(held.length)];
    const wish = { start: anyStart(), minutes: anyMinutes() };
    const which = some(4);
    if (!one || which === 0) return lab.services.reserve(ann, { image, ...wish });
    if (which === 1) return lab.services.changeBooking(ann, one.reservation, wish);
    if (which === 2) return lab.services.extend(ann, one.reservation, 15 + some(90));
    return move(one.id);
  }

  /** No hour is held twice, none is lost, and every live reservation has one hold, of its own time. */
  async function check(): Promise<void> {
    await checkBooks(lab.db);
    const held = await live();
    assertNoOverlap(held);
    for (const one of held) {
      const window = windowOf({ start: one.start, minutes: (one.end - one.start) / minute });
      assert.deepEqual({ from: one.from, until: one.until }, window);
    }
    const reservations = await rows<{ id: number; start_at: number; end_at: number }>(
      'SELECT id, start_at, end_at FROM reservations WHERE live = 1 ORDER BY id',
    );
    assert.deepEqual(
      held.map(({ reservation, start, end }) => [reservation, start, end]).sort(byFirst),
      reservations.map((row) => [row.id, Number(row.start_at), Number(row.end_at)]).sort(byFirst),
    );
    const tasks = await rows<{ id: number }>(
      "SELECT target_id AS id FROM tasks WHERE action = 'new' AND status = 'queued' ORDER BY target_id",
    );
    assert.deepEqual(
      tasks.map(({ id }) => id),
      held.map(({ id }) => id).sort((a, b) => a - b),
    );
  }

  /** Every later booking of its node goes elsewhere, up to the first that cannot: in minutes, a day at most. */
  function mostOf(held: readonly Hold[], one: Hold): number {
    const later = held
      .filter(({ node, from }) => node === one.node && from >= one.until)
      .sort((a, b) => a.from - b.from);
    const stuck = later.find(
      (booking) => !nodes.some((node) => node !== one.node && isFree(held, node, booking)),
    );
    return Math.min(24 * 60, Math.floor(((stuck?.from ?? Number.POSITIVE_INFINITY) - one.end) / minute));
  }

  const fitsSomewhere = (held: readonly Hold[], window: Window) => freeNodes(held, nodes, window) > 0;
  const anyStart = () => noon + some(32) * quarter + (luck() < 0.3 ? 7 * minute : 0);
  const anyMinutes = () => 15 + some(150);
  const byFirst = (a: number[], b: number[]) => (a[0] ?? 0) - (b[0] ?? 0);

  async function agrees(work: Promise<unknown>, fits: boolean, what: string): Promise<void> {
    const did = await work.then(() => true, refused);
    assert.equal(did, fits, `${what}: the model says ${fits}`);
  }
  const refused = (error: unknown) => {
    assert.ok(error instanceof LabError, String(error));
    return false;
  };
  const move = (id: number) =>
    inTransaction(lab.db, (tx) => moveBooking(tx, lab.deps, id, 'It is out of order.'));
  const put = (id: number, state: string) =>
    inTransaction(lab.db, (tx) => tx.table('nodes').where({ id }).update({ state }));
  /** What a daemon would do with those that have ended. */
  const released = async () => {
    const daemon = await lab.startDaemon();
    await lab.until(
      async () => (await rows("SELECT id FROM reservations WHERE state = 'deleted'")).length === 0,
    );
    await daemon.stop();
    // a load that took long on a busy computer would make holds longer than the model's
    await inTransaction(lab.db, (tx) => tx.table('load_times').update({ milliseconds: 0 }));
  };
  const rows = <Row>(sql: string) => reading(lab.db, (reader) => reader.rows<Row>(sql));
  const live = () => liveHolds(lab.db);
});
