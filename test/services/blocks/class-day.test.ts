import assert from 'node:assert/strict';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { makeClass, seatStates } from '../../helpers/class-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { isLabError } from '../../helpers/lab-error.ts';

describe('the day of a class', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    const broken = new Set<string>();
    beforeEach(async () => {
      broken.clear();
      const { simulator } = provisioning;
      const load: typeof simulator.load = async (context) => {
        if (broken.has(context.node.name)) throw new ModuleError('node_broken', 'It does not start.');
        return await simulator.load(context);
      };
      const over = { provisioning: { ...provisioning, simulator: { ...simulator, load } } };
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
        (await lab.services.ownClasses(ann)).map(({ isOpen, reservationId }) => [isOpen, reservationId]),
        [[true, null]],
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
      await lab.until(async () => {
        await wake('classes');
        return (await seatStates(lab, dateId)) === 'ready ready ready';
      });
      assert.equal(await lost(), 0);
    });

    it('moves seats off machines that fail, and loads those again that are not as they should be', async () => {
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
      await inTransaction(lab.db, async (tx) => {
        const out = { state: 'failed', failure: 'It burns.', failed_at: tx.now, state_at: tx.now };
        await tx.table('nodes').where({ id: first }).update(out);
      });
      await wake('heal');
      await lab.until(async () => !(await nodes()).includes(first ?? 0));
      assert.equal((await nodes()).length, 3);
    });
  });
});
