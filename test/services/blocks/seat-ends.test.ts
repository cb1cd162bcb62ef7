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
      const { students, teacher, block, dateId } = await makeClass(lab, { seats: 2, students: 1 });
      await lab.until(async () => (await seatStates(lab, dateId)) === 'ready ready');
      await daemon.stop();
      const [ann] = students;
      assert.ok(ann);
      const { services } = lab;
      const end = block.occurrences[0]?.end ?? 0;
      return {
        claim: () => services.claim(ann, dateId),
        more: () => services.giveExtra(teacher, block.id, dateId, { person: 'student0', minutes: 30 }),
        longer: () => services.extendClass(teacher, block.id, dateId, 30),
        later: async () =>
          (await services.getReservation(ann, (await services.claim(ann, dateId)).id)).end - end,
      };
    }

    it('keeps the minutes that somebody is given while their machine becomes theirs', async () => {
      const { claim, more, later } = await readyClass();
      const { id } = await claim();
      let given: Promise<void> = Promise.resolve();
      await inTransaction(lab.db, async (tx) => {
        const { end } = await timesOf(tx, id);
        given = more();
        await heldUp(lab.db, [given]);
        await moveReservation(tx, id, ['new'], 'reserved', { readyAt: tx.now, end });
      });
      await given;
      assert.equal(await later(), 30 * minute);
    });

    for (const what of ['more', 'longer'] as const)
      for (const order of ['first', 'last'] as const)
        it(`is as long as ${what === 'more' ? 'a student is given' : 'the class'}, where the claim comes ${order}`, async () => {
          const lesson = await readyClass();
          const both = order === 'first' ? [lesson.claim, lesson[what]] : [lesson[what], lesson.claim];
          const work: Promise<unknown>[] = [];
          await inTransaction(lab.db, async (tx) => {
            await tx.change('UPDATE allocations SET seat = seat WHERE block_date_id IS NOT NULL');
            for (const begin of both) {
              work.push(begin());
              await heldUp(lab.db, work);
            }
          });
          await Promise.all(work);
          assert.equal(await lesson.later(), 30 * minute);
        });
  });
});
