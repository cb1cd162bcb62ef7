import assert from 'node:assert/strict';
import { addEvent } from '../../../db/repositories/events.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { ceilQuarter, day, minute } from '../../../src/domain/time.ts';
import type { MaintenanceWish } from '../../../src/services/closing-services.ts';
import { makeClass, seatStates } from '../../helpers/class-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { isLabError } from '../../helpers/lab-error.ts';

describe('the day of a class', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    const broken = new Set<string>();
    /** What loads wait for. */
    let slow: Promise<unknown> = Promise.resolve();
    const said: [id: number, sentence: string][] = [];
    beforeEach(async () => {
      broken.clear();
      said.length = 0;
      const { simulator } = provisioning;
      slow = Promise.resolve();
      const load: typeof simulator.load = async (context) => {
        await slow;
        if (broken.has(context.node.name)) throw new ModuleError('node_broken', 'It does not start.');
        return await simulator.load(context);
      };
      const terminals = {
        terminalsOf: () => Promise.resolve('no' as const),
        closeTerminals: () => Promise.resolve(),
        say: async (id: number, sentence: string) => void said.push([id, sentence]),
      };
      const over = { terminals, provisioning: { ...provisioning, simulator: { ...simulator, load } } };
      lab = await makeLab(await open(), { nodes: 5, over });
    });
    afterEach(async () => {
      await checkBooks(lab.db);
      await lab.close();
    });

    const become = (dateId: number, states: string) =>
      lab.until(async () => (await seatStates(lab, dateId)) === states);
    const wake = (action: string) =>
      inTransaction(lab.db, async (tx) => {
        await tx.table('tasks').where({ action }).update({ run_after: tx.now, wake: 1 });
        await addEvent(tx, { kind: 'test' });
      });

    it('has its seats loaded before it begins; each student gets one, whatever they may have otherwise', async () => {
      await lab.startDaemon();
      const { students, teacher, block, dateId } = await makeClass(lab, { seats: 4, students: 6 });
      await become(dateId, 'ready ready ready ready');
      const [ann, bob, cid, dan, eve, fay] = students;
      assert.ok(ann && bob && cid && dan && eve && fay);
      assert.deepEqual(
        (await lab.services.ownClasses(ann)).map(({ isOpen, isFull, reservationId }) => [
          ...[isOpen, isFull, reservationId],
        ]),
        [[true, false, null]],
      );
      // one of them three times at once, two by the button, one by starting that environment
      const nothing = { ...dan, limits: { ...dan.limits, overlap: 0 } };
      const claims = await Promise.all([
        ...[ann, ann, ann, bob, cid].map((one) => lab.services.claim(one, dateId)),
        lab.services.reserve(nothing, { image: 'simulated', minutes: 600 }),
      ]);
      const ids = claims.map(({ id }) => id);
      assert.equal(new Set(ids).size, 4, 'each has one');
      assert.equal(new Set(ids.slice(0, 3)).size, 1, 'and always the same');
      for (const [at, one] of [ann, ann, ann, bob, cid, dan].entries()) {
        const { end, state } = await lab.reaches(one, ids[at] ?? 0, 'reserved');
        assert.deepEqual([end, state], [block.occurrences[0]?.end, 'reserved']);
      }
      await assert.rejects(lab.services.claim(eve, dateId), isLabError('block.full'));
      assert.equal((await lab.services.ownClass(eve, dateId)).isFull, true);
      await assert.rejects(lab.services.claim(teacher, dateId), isLabError('not-found'));

      // no seat is left: a machine like any other, which counts as a seat
      const own = await lab.services.reserve(eve, { image: 'simulated', minutes: 240 });
      assert.equal((await lab.services.claim(eve, dateId)).id, own.id);
      // who ended theirs may come back while one is left
      await lab.services.endReservation(ann, ids[0] ?? 0);
      await assert.rejects(lab.services.claim(ann, dateId), isLabError('block.full'));
      const [date] = (await lab.services.inspectBlock(teacher, block.id)).occurrences;
      assert.deepEqual([date?.held, date?.claimed, date?.lost], [4, 4, 0]);
    });

    it('has a seat that is claimed before it begins be ready in a moment, not at its start', async () => {
      const daemon = await lab.startDaemon();
      const { students, dateId } = await makeClass(lab, { seats: 1, students: 1 });
      await become(dateId, 'ready');
      await daemon.stop();
      const [ann] = students;
      assert.ok(ann);
      const { id } = await lab.services.claim(ann, dateId);
      const { start, fixedEnd, createdAt, estimate, progress } = await lab.services.getReservation(ann, id);
      assert.ok(start > createdAt && fixedEnd);
      assert.equal(estimate?.since, createdAt);
      assert.ok(progress !== null && progress >= 0);
    });

    it('gives a seat another machine while one is free; else it is lost, until one is', async () => {
      for (const name of ['sim1', 'sim2', 'sim3']) broken.add(name);
      await lab.startDaemon();
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ revision_id: null }));
      const { admin, teacher, block, dateId } = await makeClass(lab, { seats: 3, students: 1 });
      const lost = async () => (await lab.services.inspectBlock(teacher, block.id)).occurrences[0]?.lost;
      await become(dateId, 'failed ready ready');
      assert.equal(await lost(), 1);
      await wake('classes');
      const told = await lab.until(async () => (await lab.services.ownMachines(teacher)).notices[0] ?? null);
      assert.match(told.text, /^1 of the 3 seats for Physics have no machine/);
      const { items } = await lab.services.attention(admin);
      assert.ok(items.some(({ text }) => text.startsWith('1 of 3 seats for Physics at ')));
      broken.clear();
      await wake('reload');
      await lab.until(async () => (await lab.db.knex('nodes').where({ state: 'available' })).length > 0);
      await wake('classes');
      await become(dateId, 'ready ready ready');
      assert.equal(await lost(), 0);
    });

    it('shows a machine that does not start, and who teaches gives its student another', async () => {
      await lab.startDaemon();
      const { students, teacher, block, dateId } = await makeClass(lab, { seats: 2, students: 2 });
      await become(dateId, 'ready ready');
      const [ann, bob] = students;
      assert.ok(ann && bob);
      const { id } = await lab.services.claim(ann, dateId);
      const before = await lab.reaches(ann, id, 'reserved');
      let changes = 0;
      const stop = await lab.services.watchWall(teacher, block.id, dateId, () => changes++);
      await goDown(id, before.nodeId ?? 0);
      await lab.until(() => Promise.resolve(changes > 0));
      const tiles = async () => (await lab.services.wall(teacher, block.id, dateId)).tiles;
      assert.deepEqual((await tiles()).map(({ state, person }) => [state, person])[0], [
        'down',
        ann.displayName,
      ]);
      const give = (to: string) => lab.services.giveAnother(teacher, block.id, dateId, to);
      await assert.rejects(give(bob.name), isLabError('input.invalid'));
      await give(ann.name);
      await assert.rejects(give(ann.name), isLabError('reservation.state-changed'));
      const next = await lab.reaches(ann, id, 'reserved');
      assert.notEqual(next.nodeId, before.nodeId);
      assert.equal(next.end, before.end);
      const told = `${teacher.displayName} gave you another machine`;
      assert.ok(next.notices.some(({ text }) => text.startsWith(told)));
      assert.deepEqual((await tiles()).map(({ state }) => state).toSorted(), ['ready', 'unclaimed']);
      stop();
    });

    /** As the work on its power leaves it that could not start it. */
    const goDown = (id: number, nodeId: number) =>
      inTransaction(lab.db, async (tx) => {
        await tx.table('nodes').where({ id: nodeId }).update({ power: 'crashed' });
        const task = { action: 'power', targetType: 'node', targetId: nodeId } as const;
        const taskId = await queueTask(tx, { ...task, runAfter: tx.now + day }, { placeId: 1, nodeId });
        await addEvent(tx, { kind: 'down', reservationId: id, nodeId, taskId });
      });

    it('tells who looks at it that it has begun, though no seat is another: it can be ended then', async () => {
      await lab.startDaemon();
      const { admin, block, dateId } = await makeClass(lab, { seats: 2, students: 1 });
      await become(dateId, 'ready ready');
      let changes = 0;
      const stop = await lab.services.watchWall(admin, block.id, dateId, () => changes++);
      const begun = { start_at: Date.now() - minute };
      await inTransaction(lab.db, (tx) => tx.table('block_dates').where({ id: dateId }).update(begun));
      await lab.until(() => Promise.resolve(changes > 0), 20);
      stop();
    });

    it('is in the hand of who teaches: a message, a seat for somebody, more time for one and for all', async () => {
      await lab.startDaemon();
      const { students, teacher, block, dateId } = await makeClass(lab, { seats: 3, students: 3 });
      await become(dateId, 'ready ready ready');
      const [ann, bob, cid] = students;
      assert.ok(ann && bob && cid);
      const { services } = lab;
      const end = block.occurrences[0]?.end ?? 0;
      const endOf = async (me: typeof ann, id: number) => (await services.getReservation(me, id)).end - end;
      await assert.rejects(
        services.sayToClass(teacher, block.id, dateId, 'Hello'),
        isLabError('block.state'),
      );

      // one who has a seat, and one who has none yet
      const { id: anns } = await services.claim(ann, dateId);
      await services.giveExtra(teacher, block.id, dateId, { person: 'student0', minutes: 30 });
      await services.giveExtra(teacher, block.id, dateId, { person: 'student2', minutes: 20, later: true });
      assert.equal(await endOf(ann, anns), 30 * minute);
      const { id: bobs } = await services.startFor(teacher, block.id, dateId, 'student1');
      assert.equal((await services.startFor(teacher, block.id, dateId, 'student1')).id, bobs);
      const { id: cids } = await services.claim(cid, dateId);
      for (const [me, id] of [
        [ann, anns],
        [bob, bobs],
        [cid, cids],
      ] as const)
        await lab.reaches(me, id, 'reserved');
      assert.deepEqual([await endOf(bob, bobs), await endOf(cid, cids)], [0, 20 * minute]);
      const told = (await services.getReservation(bob, bobs)).notices.map(({ text }) => text);
      assert.ok(told.includes('teacher took your seat in Physics for you.'), told.join());
      await assert.rejects(
        services.giveExtra(teacher, block.id, dateId, { person: 'teacher', minutes: 5 }),
        isLabError('input.invalid'),
      );

      // all: what is booked after it goes to other machines, as long as there are some
      const eve = await lab.person('eve');
      const later = { image: 'simulated', minutes: 60, start: ceilQuarter(end + 90 * minute) };
      for (const _ of [1, 2, 3, 4, 5]) await services.reserve(eve, later);
      await assert.rejects(
        services.extendClass(teacher, block.id, dateId, 200),
        isLabError('reservation.extend-blocked'),
      );
      await services.extendClass(teacher, block.id, dateId, 15, { idempotencyKey: 'once' });
      await services.extendClass(teacher, block.id, dateId, 15, { idempotencyKey: 'once' });
      const minutes = [await endOf(ann, anns), await endOf(bob, bobs), await endOf(cid, cids)];
      assert.deepEqual(minutes, [45 * minute, 15 * minute, 35 * minute]);
      const { tiles, end: now, people } = await services.wall(teacher, block.id, dateId);
      assert.equal(now - end, 15 * minute);
      assert.deepEqual(
        tiles.map((tile) => tile.end - end).toSorted((a, b) => a - b),
        minutes.toSorted((a, b) => a - b),
      );
      assert.deepEqual(
        people.map(({ extra, isSeated }) => [extra, isSeated]),
        [
          [30, true],
          [0, true],
          [20, true],
        ],
      );

      // each in their own terminal, and once
      await services.sayToClass(teacher, block.id, dateId, ' Save\nyour work. ');
      await lab.until(async () => said.length >= 3);
      const sentence = 'teacher, to everybody in Physics: Save your work.';
      assert.deepEqual(
        said.toSorted(([a], [b]) => a - b),
        [anns, bobs, cids].toSorted((a, b) => a - b).map((id) => [id, sentence]),
      );
    });

    it('is ended for all: counted down, gone on with after all, and who wants stays on', async () => {
      await lab.startDaemon();
      const { students, teacher, block, dateId } = await makeClass(lab, { seats: 3, students: 3 });
      await become(dateId, 'ready ready ready');
      const { services } = lab;
      const [ann, bob, cid] = students;
      assert.ok(ann && bob && cid);
      const [{ id: anns }, { id: bobs }] = [
        await services.claim(ann, dateId),
        await services.claim(bob, dateId),
      ];
      for (const [me, id] of [
        [ann, anns],
        [bob, bobs],
      ] as const)
        await lab.reaches(me, id, 'reserved');
      await services.giveExtra(teacher, block.id, dateId, { person: 'student1', minutes: 30 });
      const planned = block.occurrences[0]?.end ?? 0;
      const wall = () => services.wall(teacher, block.id, dateId);
      await assert.rejects(services.endClass(teacher, block.id, dateId), isLabError('block.state'));
      lab.db.clockOffset += 6 * minute;

      await services.endClass(teacher, block.id, dateId);
      const { end, isEnding } = await wall();
      assert.equal(isEnding, true);
      assert.equal((await services.getReservation(ann, anns)).end, end);
      assert.equal((await services.getReservation(bob, bobs)).end, end + 30 * minute);
      await assert.rejects(services.claim(cid, dateId), isLabError('block.closed'));
      assert.equal((await services.ownClass(cid, dateId)).isEnding, true);
      await assert.rejects(services.ownClass(teacher, dateId), isLabError('not-found'));
      await lab.until(async () => said.length === 2);
      assert.match(
        said.find(([id]) => id === anns)?.[1] ?? '',
        /^teacher ends the class Physics: this machine ends in 5 min/,
      );

      await services.goOnWithClass(teacher, block.id, dateId);
      assert.deepEqual(
        [(await wall()).end, (await services.getReservation(ann, anns)).end],
        [planned, planned],
      );
      assert.equal((await services.getReservation(ann, anns)).deadline, null);
      await services.endClass(teacher, block.id, dateId);
      assert.equal((await services.getReservation(ann, anns)).deadline?.kind, 'class');

      // under one's own limits: more at once than those allow stays no longer
      const one = { ...ann, limits: { ...ann.limits, overlap: 1, totalMinutes: 1 } };
      await assert.rejects(services.extend(one, anns, 30), isLabError('reservation.extend-blocked'));
      await services.giveExtra(teacher, block.id, dateId, { person: 'student1', minutes: 0 });
      const { end: over } = await wall();
      const stays = await services.extend(ann, anns, 30);
      assert.deepEqual([stays.end, stays.deadline], [over + 30 * minute, null]);
      said.length = 0;
      for (const left of [4, -1]) {
        const now = await reading(lab.db, async (reader) => reader.now);
        lab.db.clockOffset += over - left * minute - now + 1_000;
        lab.db.signals.emit('committed');
        if (left > 0) await lab.until(async () => said.some(([, text]) => /ends in \d min\.$/.test(text)));
      }
      await lab.reaches(bob, bobs, 'complete');
      assert.deepEqual([...new Set(said.map(([id]) => id))], [bobs]);
      assert.equal((await services.getReservation(ann, anns)).state, 'reserved');
      await lab.until(async () => {
        await wake('heal');
        return !(await wall()).tiles.some(({ state }) => state === 'unclaimed');
      });
    });

    it('tells who teaches of seats that are late, and ends a load when its class is over', async () => {
      let loaded = (_: unknown): void => undefined;
      slow = new Promise((resolve) => {
        loaded = resolve;
      });
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
      await lab.startDaemon();
      const { admin, teacher, block, dateId } = await makeClass(lab, { seats: 2, students: 0, in: 3 });
      await become(dateId, 'loading loading');
      lab.db.clockOffset += 3 * minute;
      await wake('classes');
      const told = await lab.until(async () => (await lab.services.ownMachines(teacher)).notices[0] ?? null);
      assert.equal(told.text, '2 of the 2 seats for Physics are late: their machines are not ready yet.');
      const { items } = await lab.services.attention(admin);
      assert.match(items.find(({ id }) => id === `class-${dateId}`)?.text ?? '', /^2 of 2 seats .* are late/);
      // nobody came, and it is over before its machines are ready
      await lab.services.endClass(teacher, block.id, dateId);
      lab.db.clockOffset += 6 * minute;
      loaded(null);
      await lab.until(async () => {
        await wake('heal');
        return (await seatStates(lab, dateId)) === 'released released';
      });
    });

    it('has seats with an older revision loaded again, in batches that are through by the start', async () => {
      await lab.startDaemon();
      const { dateId } = await makeClass(lab, { seats: 4, students: 0, in: 9 });
      await become(dateId, 'ready ready ready ready');
      const revision = {
        image_id: 1,
        format: 'simulated',
        file: '',
        size_bytes: 0,
        virtual_bytes: 0,
        system: '{}',
      };
      await inTransaction(lab.db, async (tx) => {
        const at = { ready_at: tx.now, created_at: tx.now };
        const id = await tx.insert('image_revisions', { ...revision, number: 2, ...at });
        await tx.table('images').where({ id: 1 }).update({ production_revision_id: id });
      });
      const outdated = () =>
        reading(lab.db, async (reader) => {
          const rows = await reader.rows(
            `SELECT a.id FROM allocations a JOIN nodes n ON n.id = a.node_id JOIN image_revisions v ON v.id = n.revision_id
               WHERE a.block_date_id = ? AND a.released_at IS NULL AND v.number = 1`,
            [dateId],
          );
          return rows.length;
        });
      const seen: number[] = [];
      await lab.until(async () => {
        const [left, states] = [await outdated(), await seatStates(lab, dateId)];
        if (states !== 'ready ready ready ready') return false;
        if (left > 0) await wake('classes');
        if (seen.at(-1) !== left) seen.push(left);
        return left === 0;
      });
      assert.ok(seen.length > 2, `one batch after the other: ${seen.join(', ')}`);
    });

    it('moves seats off machines that fail, before it begins', async () => {
      await lab.startDaemon();
      const { dateId } = await makeClass(lab, { seats: 3, students: 1, in: 300 });
      const nodes = () =>
        reading(lab.db, async (reader) =>
          (
            await reader.rows<{ node_id: number }>(
              'SELECT node_id FROM allocations WHERE block_date_id = ? AND released_at IS NULL',
              [dateId],
            )
          ).map((row) => row.node_id),
        );
      const [first] = await nodes();
      await lab.until(async () => {
        // what was being loaded ahead on it may say afterwards that it is well
        await inTransaction(lab.db, async (tx) => {
          const out = { state: 'failed', failure: 'It burns.', failed_at: tx.now, state_at: tx.now };
          await tx.table('nodes').where({ id: first }).update(out);
        });
        await wake('heal');
        return !(await nodes()).includes(first ?? 0);
      });
      assert.equal((await nodes()).length, 3);
    });

    it('moves seats out of the way of maintenance, or lists them and tells who teaches', async () => {
      await lab.startDaemon();
      const { admin, teacher, block, dateId } = await makeClass(lab, { seats: 3, students: 1, in: 300 });
      const { services } = lab;
      const { start = 0, end = 0 } = block.occurrences[0] ?? {};
      const wish = (nodes: MaintenanceWish['nodes']): MaintenanceWish => ({
        ...{ reason: 'New switches', timeZone: 'UTC', bookings: 'tell', from: start, until: end, nodes },
      });
      const on = async () =>
        (await services.wall(teacher, block.id, dateId)).tiles.map(({ node }) => node ?? '');
      const two = (await on()).slice(0, 2);
      const one = wish({ kind: 'nodes', named: two });
      const { moved, told } = await services.previewMaintenance(admin, one);
      const first = await services.addMaintenance(admin, one);
      await lab.until(async () => !(await on()).some((node) => two.includes(node)));
      assert.deepEqual([moved, told], [2, 0]);
      await services.endMaintenance(admin, first.id);

      const { id } = await services.addMaintenance(admin, wish({ kind: 'all', named: [] }));
      const notice = await lab.until(async () => (await services.ownMachines(teacher)).notices[0] ?? null);
      assert.match(
        notice.text,
        /^Seats for Physics on .* have machines that go into maintenance then, .*: New switches\./,
      );
      const stays = await lab.until(async () => {
        const all = (await services.getMaintenance(admin, id)).stays;
        return all.length === 3 && all;
      });
      assert.deepEqual([...new Set(stays.map((row) => row.class?.dateId))], [dateId]);
      assert.deepEqual([stays[0]?.reservationId, stays[0]?.user], [null, 'teacher']);
    });
  });
});
