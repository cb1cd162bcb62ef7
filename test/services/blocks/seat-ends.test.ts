import assert from 'node:assert/strict';
import { moveReservation, timesOf } from '../../../db/repositories/reservations.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { minute } from '../../../src/domain/time.ts';
import { makeClass, seatStates } from '../../helpers/class-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { heldUp } from '../../helpers/held-up.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

describe('how long a seat lasts, changed by two at once', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 2 });
    });
    afterEach(async () => {
      await checkBooks(lab.db);
      await lab.close();
    });

    /** A class whose two seats are ready, and nobody looks after it any more. */
    async function readyClass() {
      const daemon = await lab.startDaemon();
      const { students, teacher, block, dateId } = await makeClass(lab, { seats: 2, students: 2 });
      await lab.until(async () => (await seatStates(lab, dateId)) === 'ready ready');
      await daemon.stop();
      const [ann, bob] = students;
      assert.ok(ann && bob);
      const { services } = lab;
      const end = block.occurrences[0]?.end ?? 0;
      const give = (person: string) => services.giveExtra(teacher, block.id, dateId, { person, minutes: 30 });
      const claim = async () => (await services.claim(ann, dateId)).id;
      return {
        claim,
        bobClaims: () => services.claim(bob, dateId),
        staysOn: (id: number) => services.extend(ann, id, 45),
        more: () => give('student0'),
        bobHasMore: () => give('student1'),
        longer: () => services.extendClass(teacher, block.id, dateId, 30),
        /** How many minutes longer than was planned Ann has it. */
        later: async (id: number) => ((await services.getReservation(ann, id)).end - end) / minute,
      };
    }

    /** What these come to, each begun when the one before waits for one of the machines up to that, or has ended. */
    async function atOnce<T>(upTo: number, ...acts: readonly (() => Promise<T>)[]): Promise<T[]> {
      const work: Promise<T>[] = [];
      await inTransaction(lab.db, async (tx) => {
        await tx.change('UPDATE allocations SET seat = seat WHERE id <= ?', [upTo]);
        for (const act of acts) {
          work.push(act());
          await heldUp(lab.db, work);
        }
      });
      return Promise.all(work);
    }

    it('keeps the minutes that somebody is given while their machine becomes theirs', async () => {
      const { claim, more, later } = await readyClass();
      const id = await claim();
      let given: Promise<void> = Promise.resolve();
      await inTransaction(lab.db, async (tx) => {
        const { end } = await timesOf(tx, id);
        given = more();
        await heldUp(lab.db, [given]);
        await moveReservation(tx, id, ['new'], 'reserved', { readyAt: tx.now, end });
      });
      await given;
      assert.equal(await later(id), 30);
    });

    for (const what of ['more', 'longer'] as const)
      for (const order of ['first', 'last'] as const)
        it(`is as long as ${what === 'more' ? 'a student is given' : 'the class'}, where the claim comes ${order}`, async () => {
          const lesson = await readyClass();
          await lesson.bobClaims();
          const acts = [lesson.claim, lesson[what]];
          await atOnce<unknown>(2, ...(order === 'first' ? acts : acts.toReversed()));
          assert.equal(await lesson.later(await lesson.claim()), 30);
        });

    it('is as long as its person stays on, while the class is made longer', async () => {
      const { claim, bobClaims, longer, staysOn, later } = await readyClass();
      await bobClaims();
      const id = await claim();
      // the class comes to hers last
      await lab.db.knex('allocations').where({ reservation_id: id }).update({ id: 1_000 });
      await lab.db
        .knex('tasks')
        .where({ reservation_id: id, target_type: 'allocation' })
        .update({ target_id: 1_000 });
      await atOnce<unknown>(2, longer, () => staysOn(id));
      assert.ok([45, 75].includes(await later(id)));
    });

    it('is changed by two who teach, one after the other', async () => {
      const { claim, more, bobHasMore, later } = await readyClass();
      const id = await claim();
      await atOnce(2, more, bobHasMore);
      assert.equal(await later(id), 30);
    });
  });
});
