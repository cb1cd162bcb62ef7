import assert from 'node:assert/strict';
import { releaseHold } from '../../../db/repositories/holds.ts';
import { moveReservation } from '../../../db/repositories/reservations.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { hour, minute } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';
import { seeded } from '../../helpers/seeded.ts';

const image = 'simulated';
const nodes = 3;

interface Stands {
  readonly id: number;
  readonly minutes: number;
  readonly estimate: number;
}

/** As the daemon does it with a machine that nobody has loaded: the step that frees it. */
async function takenBack({ db }: Lab, id: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    const [hold] = await tx.rows<{ id: number }>('SELECT id FROM allocations WHERE reservation_id = ?', [id]);
    if (hold) await releaseHold(tx, hold.id);
    await moveReservation(tx, id, ['deleted'], 'complete');
  });
}

/** People come, book, wait, leave and end at random: nobody is delayed by who came later, and nobody waits for what is free. */
eachEngine((_engine, { open }) => {
  it('is fair, whatever people do', async function () {
    this.timeout(600_000);
    const lab: Lab = await makeLab(await open(), { nodes });
    const people: SignedIn[] = [];
    for (let n = 0; n < 8; n++) people.push(await someone(lab.deps, `person${n}`));
    const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
    await passTo(lab, Math.ceil((await now()) / (24 * hour)) * 24 * hour + 8 * hour + minute);
    const luck = seeded(7);
    const some = <T>(all: readonly T[]): T => all[Math.floor(luck() * all.length)] as T;
    const line = () =>
      reading(lab.db, async (reader) => {
        const rows = await reader.rows<{ id: number }>(
          'SELECT id FROM waiters WHERE live = 1 AND reservation_id IS NULL ORDER BY id',
        );
        return rows.map(({ id }) => id);
      });
    const stands = async (): Promise<Stands[]> => {
      const all = (await Promise.all(people.map((me) => lab.services.listWaiting(me)))).flat();
      return all
        .filter(({ offer }) => offer === null)
        .map(({ id, minutes, estimate }) => ({
          id,
          minutes,
          estimate: estimate ?? Number.POSITIVE_INFINITY,
        }));
    };
    const minutes = () => some([30, 60, 120, 240]);
    /** Of who comes later: true where it may delay nobody. */
    const doings: ((me: SignedIn) => Promise<unknown>)[] = [
      (me) => lab.services.reserve(me, { image, minutes: minutes() }),
      async (me) =>
        lab.services.reserve(me, {
          image,
          minutes: minutes(),
          start: (await now()) + some([1, 2, 5]) * hour,
        }),
      (me) => lab.services.wait(me, { image, minutes: minutes() }),
      (me) => lab.services.wait(me, { image, minutes: minutes() }),
    ];
    const endOne = async (me: SignedIn) => {
      const { items } = await lab.services.listReservations(me, { live: true, limit: 20 });
      const [one] = items;
      if (one) {
        await lab.services.endReservation(me, one.id);
        await takenBack(lab, one.id);
      } else for (const { id } of await lab.services.listWaiting(me)) await lab.services.leaveLine(me, id);
    };
    let served = 0;
    for (let n = 0; n < 120; n++) {
      const before = await stands();
      const me = some(people);
      const comes = luck() < 0.7;
      await (comes ? some(doings)(me) : endOne(me)).catch((error: unknown) => {
        if (!(error instanceof LabError)) throw error;
      });
      await inTransaction(lab.db, (tx) => tx.table('waiters').update({ time_zone: 'UTC' }));
      const after = await stands();
      for (const one of before) {
        const then = after.find(({ id }) => id === one.id);
        // where something becomes free, who is before may come to stand on another machine
        if (!then || !comes) continue;
        assert.ok(
          then.estimate <= one.estimate,
          `${n}: ${one.id} was delayed by ${then.estimate - one.estimate} ms`,
        );
      }
      const left = new Set(await line());
      for (const gone of before.filter(({ id }) => !left.has(id))) {
        served++;
        const passed = before.find(
          (one) => one.id < gone.id && one.minutes <= gone.minutes && left.has(one.id),
        );
        // who left of their own will passed nobody
        if (comes) assert.equal(passed, undefined, `${gone.id} was served before ${passed?.id}`);
      }
      assert.ok(
        after.every(({ estimate }) => estimate > Date.now() + lab.db.clockOffset),
        'somebody waits for what is free',
      );
      await checkBooks(lab.db);
    }
    assert.ok(served > 5, 'somebody was served');
    await lab.close();
  });
});
