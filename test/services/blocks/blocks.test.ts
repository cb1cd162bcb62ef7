import assert from 'node:assert/strict';
import { addEvent } from '../../../db/repositories/events.ts';
import { claimSeat, moveSeat } from '../../../db/repositories/seats.ts';
import { inTransaction, isDuplicate, reading } from '../../../db/transaction.ts';
import { noLimits } from '../../../src/domain/limits.ts';
import { hour } from '../../../src/domain/time.ts';
import { addDays, wallClock, weekdayOf } from '../../../src/domain/wall-clock.ts';
import type { BlockWish } from '../../../src/services/blocks.ts';
import { rebind } from '../../../src/services/booking/move.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { known, someone } from '../../helpers/administrators.ts';
import { liveHolds } from '../../helpers/calendar-model.ts';
import { eachEngine } from '../../helpers/database.ts';
import { heldUp } from '../../helpers/held-up.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { isLabError } from '../../helpers/lab-error.ts';

const zone = 'Europe/Berlin';
const nodes = 4;

describe('seats of classes', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    let ann: SignedIn;
    let courseId: number;
    /** Two weeks from now, there. */
    let first: string;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes });
      admin = await someone(lab.deps, 'admin', 'administrator');
      await someone(lab.deps, 'ann');
      const today = wallClock(Date.now(), zone).slice(0, 10);
      first = addDays(today, 14);
      ({ id: courseId } = await lab.services.addGroup(admin, { name: 'Physics' }));
      const course = { group: 'Physics', timeZone: zone, termFrom: today, termUntil: addDays(today, 200) };
      await lab.services.addCourse(admin, { ...course, instructors: ['ann'], ownSeats: 1 });
      ann = await known(lab.deps, 'ann');
    });
    afterEach(async () => {
      await checkBooks(lab.db);
      await lab.close();
    });

    const weekly = (weeks: number, over: Partial<BlockWish> = {}): BlockWish => ({
      ...{ courseId, image: 'simulated', seats: 3 },
      recurrence: {
        ...{ kind: 'weekly', weekdays: [weekdayOf(first)], every: 1, from: '10:00', until: '11:30' },
        ...{ first, last: addDays(first, 7 * weeks - 1) },
      },
      ...over,
    });
    const held = (id: number) =>
      reading(lab.db, (reader) =>
        reader.rows<{ id: number; node_id: number; start_at: number; block_date_id: number }>(
          `SELECT a.* FROM allocations a JOIN block_dates d ON d.id = a.block_date_id
             WHERE d.block_id = ? AND a.released_at IS NULL ORDER BY a.start_at, a.node_id`,
          [id],
        ),
      );
    const settled = (id: number) =>
      lab.until(async () => {
        const block = await lab.services.inspectBlock(admin, id);
        return !['approving', 'returning', 'ending'].includes(block.state) && block;
      });
    const approved = async (wish: BlockWish) => {
      const { id } = await lab.services.askBlock(ann, wish);
      if (lab.daemons.length === 0) await lab.startDaemon();
      await lab.services.approveBlock(admin, id);
      return settled(id);
    };
    const book = (me: SignedIn, start: number) =>
      lab.services.reserve(me, { image: 'simulated', minutes: 60, start });

    it('are shown date by date, asked for, approved, and held: nothing that comes later takes them', async () => {
      const bob = await someone(lab.deps, 'bob');
      const cid = await someone(lab.deps, 'cid');
      const wish = weekly(3, { graceMinutes: 15 });
      const before = await lab.services.previewBlock(ann, wish);
      assert.deepEqual([before.fitting, before.short, before.dates.length], [3, 0, 3]);
      assert.deepEqual(before.warnings, []);
      await lab.db
        .knex('group_members')
        .insert([bob, cid].map(({ id }) => ({ group_id: courseId, user_id: id })));
      await lab.db.knex('images').update({ visibility: 'groups' });
      await lab.db.knex('image_groups').insert({ image_id: 1, group_id: courseId });
      assert.deepEqual((await lab.services.previewBlock(admin, wish)).warnings, []);
      await lab.db.knex('images').update({ visibility: 'owner', owner_id: cid.id });
      assert.match(
        (await lab.services.previewBlock(admin, wish)).warnings[0] ?? '',
        /not published to 1 of 2 in Physics/,
      );
      await lab.db.knex('images').update({ visibility: 'everyone', owner_id: null });
      const several = { image_id: 1, position: 0, role: 'db', member_image_id: 1, machines: 1 };
      await lab.db.knex('image_members').insert(several);
      await assert.rejects(lab.services.previewBlock(ann, wish), isLabError('reservation.together'));
      await lab.db.knex('image_members').delete();
      const start = before.dates[1]?.start ?? 0;
      await book(bob, start);
      await book(cid, start);
      const preview = await lab.services.previewBlock(ann, wish);
      assert.deepEqual(
        preview.dates.map(({ fit, fitting }) => [fit, fitting]),
        [
          ['fits', 3],
          ['fewer', 2],
          ['fits', 3],
        ],
      );
      assert.match(preview.dates[1]?.says ?? '', /^2 of 3 machines are free\.$/);

      const { id } = await lab.services.askBlock(ann, { ...wish, choices: [{ start, seats: 2 }] });
      assert.deepEqual(await held(id), []);
      await assert.rejects(lab.services.approveBlock(ann, id), isLabError('not-allowed'));
      await lab.startDaemon();
      const both = await Promise.allSettled([
        lab.services.approveBlock(admin, id, { version: 1 }),
        lab.services.approveBlock(admin, id, { version: 1 }),
      ]);
      const lost = both.find((one) => one.status === 'rejected');
      assert.ok(lost && isLabError('block.state')(lost.reason), 'one of two decides');
      await assert.rejects(lab.services.rejectBlock(admin, id, 'No room.'), isLabError('block.state'));
      const block = await settled(id);
      assert.equal(block.state, 'approved');
      assert.deepEqual(
        block.occurrences.map(({ held: n, state }) => [n, state]),
        [
          [3, 'held'],
          [2, 'held'],
          [3, 'held'],
        ],
      );
      // the fourth machine is left on the first date, and none on the second
      await book(bob, before.dates[0]?.start ?? 0);
      await assert.rejects(book(cid, before.dates[0]?.start ?? 0), isLabError('reservation.class-window'));
      await assert.rejects(book(admin, start), isLabError('reservation.class-window'));
      const { notices } = await lab.services.ownMachines(ann);
      assert.match(
        notices[0]?.text ?? '',
        /^The seats for Physics are held: 3 machines with Simulated on 3 dates\.$/,
      );

      // over another class
      const over = await lab.services.previewBlock(ann, weekly(1, { seats: 2 }));
      assert.equal(over.dates[0]?.says, 'No machine is free: other classes hold 3.');
    });

    it('of one date that does not fit any more go back whole, or leave it out where that was said', async () => {
      const { id } = await lab.services.askBlock(ann, weekly(3));
      const [, second] = (await lab.services.inspectBlock(ann, id)).occurrences;
      for (const name of ['bob', 'cid']) await book(await someone(lab.deps, name), second?.start ?? 0);
      await lab.startDaemon();
      await lab.services.approveBlock(admin, id);
      const back = await settled(id);
      assert.equal(back.state, 'asked');
      assert.match(back.says ?? '', /: 2 of 3 machines are free\. Nothing is held\.$/);
      assert.deepEqual(await held(id), []);
      assert.match((await lab.services.ownMachines(ann)).notices[0]?.text ?? '', /could not be held/);

      await lab.services.approveBlock(admin, id, { skipsShort: true });
      const block = await settled(id);
      assert.equal(block.state, 'approved');
      assert.deepEqual(
        block.occurrences.map(({ state }) => state),
        ['held', 'skipped', 'held'],
      );
    });

    it('change as a whole: dates left out and taken in again, seats, times; or nothing is changed', async () => {
      const block = await approved(weekly(3));
      const [one, two] = block.occurrences;
      await lab.services.changeBlockDate(ann, block.id, two?.id ?? 0, { skip: true });
      assert.equal((await held(block.id)).length, 6);
      const bob = await someone(lab.deps, 'bob');
      await book(bob, two?.start ?? 0);
      const skipped = (await lab.services.inspectBlock(ann, block.id)).occurrences[1];
      await lab.services.changeBlockDate(ann, block.id, skipped?.id ?? 0, { skip: false });
      assert.equal((await held(block.id)).length, 9);

      const again = (await lab.services.inspectBlock(ann, block.id)).occurrences[1];
      await assert.rejects(
        lab.services.changeBlockDate(ann, block.id, again?.id ?? 0, { seats: 4 }),
        isLabError('block.short'),
      );
      assert.equal((await held(block.id)).length, 9);
      await lab.services.changeBlockDate(ann, block.id, one?.id ?? 0, { seats: 4 });
      assert.equal((await held(block.id)).length, 10);

      // an hour later, over what it holds itself: that is not in its way
      const wish = weekly(3);
      const later = {
        ...wish,
        recurrence: { ...wish.recurrence, from: '11:00', until: '12:30' } as BlockWish['recurrence'],
      };
      assert.equal((await lab.services.previewBlock(ann, later, block.id)).fitting, 3);
      await lab.services.changeBlock(ann, block.id, later);
      const moved = await held(block.id);
      assert.equal(moved.length, 9);
      assert.equal(Number(moved[0]?.start_at), (one?.start ?? 0) + hour);

      await lab.services.withdrawBlock(ann, block.id);
      assert.equal((await settled(block.id)).state, 'withdrawn');
      assert.deepEqual(await held(block.id), []);
    });

    it('go back whole where their date does, though one is given another machine meanwhile', async () => {
      const block = await approved(weekly(2));
      const [one] = block.occurrences;
      const [seat] = await held(block.id);
      let change: Promise<unknown> = Promise.resolve();
      await inTransaction(lab.db, async (tx) => {
        assert.ok(seat && (await rebind(tx, lab.deps, seat.id, { broken: false })));
        change = lab.services.changeBlockDate(ann, block.id, one?.id ?? 0, { skip: true });
        await heldUp(lab.db, [change]);
      });
      await change;
      assert.equal((await liveHolds(lab.db)).length, 3);
    });

    it('stay where their date would go, and one begins to load meanwhile', async () => {
      const block = await approved(weekly(2));
      const [one] = block.occurrences;
      const [seat] = await held(block.id);
      let change: Promise<unknown> = Promise.resolve();
      await inTransaction(lab.db, async (tx) => {
        assert.ok(seat && (await moveSeat(tx, seat.id, ['held'], 'loading')));
        change = lab.services.changeBlockDate(ann, block.id, one?.id ?? 0, { skip: true });
        change.catch(() => undefined);
        await heldUp(lab.db, [change]);
      });
      await assert.rejects(change, isLabError('block.state'));
      assert.equal((await held(block.id)).length, 6);
    });

    it('are approved by who teaches where they are few, and refused in words where they can never be', async () => {
      const { id } = await lab.services.askBlock(ann, weekly(2, { seats: 1 }));
      await lab.startDaemon();
      await lab.services.approveBlock(ann, id);
      assert.equal((await settled(id)).state, 'approved');
      const ask = (over: Partial<BlockWish>) => lab.services.askBlock(ann, weekly(1, over));
      const once = { kind: 'once', from: '10:00', until: '11:30' } as const;
      await assert.rejects(ask({ seats: 5 }), /There are 4 machines that can run it: at most 4 seats\./);
      await assert.rejects(ask({ seats: 0 }), isLabError('input.invalid', 'seats'));
      await assert.rejects(ask({ image: 'nothing' }), isLabError('image.unknown'));
      await assert.rejects(ask({ graceMinutes: 0 }), isLabError('input.invalid', 'graceMinutes'));
      await assert.rejects(ask({ courseId: 99 }), isLabError('not-found'));
      await assert.rejects(ask({ choices: [{ start: 7 }] }), isLabError('input.invalid', 'choices'));
      await assert.rejects(ask({ recurrence: { ...once, date: addDays(first, 300) } }), /outside the term/);
      await assert.rejects(
        ask({ recurrence: { ...once, date: addDays(first, -14), from: '00:00', until: '00:15' } }),
        /is over already/,
      );
      const other = await someone(lab.deps, 'other');
      await assert.rejects(lab.services.askBlock(other, weekly(1)), isLabError('not-found'));
      await assert.rejects(lab.services.inspectBlock(other, id), isLabError('not-found'));
      await assert.rejects(lab.services.removeCourse(admin, courseId), isLabError('group.in-use'));
    });

    it('that nobody claimed go back when it is time, and a seat is claimed once', async () => {
      const block = await approved(weekly(2, { graceMinutes: 15 }));
      const [seat, next] = await held(block.id);
      const claim = (allocationId: number, userId: number) =>
        inTransaction(lab.db, (tx) => claimSeat(tx, allocationId, { reservationId: 70 + userId, userId }));
      const claims = await Promise.all([claim(seat?.id ?? 0, 1), claim(seat?.id ?? 0, 2)]);
      assert.deepEqual(claims.toSorted(), [false, true]);
      const mine = claims[0] ? 1 : 2;
      await assert.rejects(claim(next?.id ?? 0, mine), (error) => isDuplicate(error));
      // as if the first date had begun a quarter of an hour ago
      await inTransaction(lab.db, async (tx) => {
        const begun = tx.now - 16 * 60_000;
        await tx.table('block_dates').where({ id: seat?.block_date_id }).update({ start_at: begun });
        await tx.table('tasks').where({ action: 'heal' }).update({ run_after: tx.now, wake: 1 });
        await addEvent(tx, { kind: 'test' });
      });
      await lab.until(async () => (await held(block.id)).length === 4);
      const [past] = (await lab.services.inspectBlock(ann, block.id)).occurrences;
      assert.deepEqual([past?.held, past?.claimed, past?.lost], [3, 1, 0]);
      await inTransaction(lab.db, (tx) =>
        tx.table('allocations').where({ id: seat?.id }).update({ reservation_id: null }),
      );
    });

    it('at once with single bookings are held whole or not at all', async () => {
      const { id } = await lab.services.askBlock(ann, weekly(1, { seats: 4 }));
      const [date] = (await lab.services.inspectBlock(ann, id)).occurrences;
      const people = await Promise.all(
        Array.from({ length: 8 }, (_, n) => lab.person(`racer${n}`, { limits: noLimits })),
      );
      await lab.startDaemon();
      const singles = people.map((one) => book(one, date?.start ?? 0));
      const [, ...booked] = await Promise.allSettled([lab.services.approveBlock(admin, id), ...singles]);
      const block = await settled(id);
      const got = booked.filter((one) => one.status === 'fulfilled').length;
      const seats = (await held(id)).length;
      for (const one of booked)
        if (one.status === 'rejected')
          assert.match((one.reason as { code: string }).code, /^reservation\.(no-machine|class-window)$/);
      assert.deepEqual([seats, got], block.state === 'approved' ? [4, 0] : [0, 4]);
    });
  });
});
