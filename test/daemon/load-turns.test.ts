import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../db/transaction.ts';
import { provisioning } from '../../modules/provisioning/registry.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';

const nodes = 6;
const atOnce = 2;

/** Where the slots are, what a module says of its pools, and the column of a slot that is taken. */
const ways = [
  ['a pool that says how many are loaded at once', { loadsAtOnce: () => atOnce }, 'run_pool_slot'],
  ['machines that start on the host', { simulated: false }, 'run_host_slot'],
] as const;

eachEngine((_engine, { open }) => {
  let lab: Lab;
  afterEach(() => lab.close());

  for (const [what, parts, column] of ways)
    it(`loads of ${what}: no more than that, in the order in which they asked, and each is told its place (req. 27)`, async () => {
      const loads = new Loads();
      const { simulator } = provisioning;
      const load: typeof simulator.load = async (context) => {
        await loads.begin(context.node.name);
        return await simulator.load(context);
      };
      const modules = { ...provisioning, simulator: { ...simulator, ...parts, load } };
      lab = await makeLab(await open(), { nodes, over: { provisioning: modules, bootSlots: atOnce } });
      // Nobody loads them ahead of demand.
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
      const people = await Promise.all(Array.from({ length: nodes }, (_, n) => lab.person(`p${n}`)));
      const mine = new Map<SignedIn, number>();
      for (const person of people)
        mine.set(person, (await lab.services.reserve(person, { image: 'simulated', minutes: 60 })).id);
      await lab.startDaemon();

      const waiting = await lab.until(async () => {
        const rows = await reading(lab.db, (reader) =>
          reader.rows<{ name: string; ahead: number }>(
            'SELECT n.name, t.waits_ahead AS ahead FROM tasks t JOIN nodes n ON n.id = t.node_id WHERE t.waits_ahead IS NOT NULL ORDER BY t.waits_since, t.id',
          ),
        );
        const places = rows.map(({ ahead }) => Number(ahead));
        return places.join() === '0,1,2,3' && rows.map(({ name }) => name);
      });
      const taken = await reading(lab.db, (reader) =>
        reader.rows(`SELECT ${column} FROM tasks WHERE ${column} IS NOT NULL`),
      );
      assert.equal(taken.length, atOnce);
      const told: (string | null)[] = [];
      for (const [person, id] of mine)
        told.push((await lab.services.getReservation(person, id)).progressText);
      assert.deepEqual(
        told.filter((text) => text?.startsWith('Waiting')).sort(),
        ['1 machine is', '2 machines are', '3 machines are', 'it is the next']
          .map((place) => `Waiting for its turn to be loaded: ${place.replace(/(is|are)$/, '$1 before it')}.`)
          .sort(),
      );

      for (const [place, name] of waiting.entries()) {
        loads.finishOne();
        await lab.until(async () => loads.begun.length === atOnce + place + 1);
        assert.equal(loads.begun.at(-1), name);
      }
      loads.finishOne();
      loads.finishOne();
      for (const [person, id] of mine) await lab.reaches(person, id, 'reserved');
    });
});

/** Loads that go on when the test lets them. */
class Loads {
  readonly begun: string[] = [];
  readonly #held: (() => void)[] = [];

  begin(name: string): Promise<void> {
    this.begun.push(name);
    return new Promise((resolve) => this.#held.push(resolve));
  }

  finishOne(): void {
    this.#held.shift()?.();
  }
}
