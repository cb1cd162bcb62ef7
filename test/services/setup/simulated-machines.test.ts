import assert from 'node:assert/strict';
import type { Database } from '../../../db/connect.ts';
import { takeBits } from '../../../db/repositories/occupancy.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { floorQuarter, quarter } from '../../../src/domain/time.ts';
import { setSimulatedMachines } from '../../../src/services/setup/simulated-machines.ts';
import { eachEngine } from '../../helpers/database.ts';
import { serviceDeps } from '../../helpers/service-deps.ts';

describe('simulated machines', () => {
  eachEngine((_engine, { open }) => {
    const setTo = (db: Database, count: number) => setSimulatedMachines(serviceDeps(db), 'lab1', 1, count);
    const names = async (db: Database) =>
      (await db.knex('nodes').select('name').orderBy('id')).map(({ name }) => name);

    it('are as many as asked for, each with an address of its own and 400 free days', async function () {
      this.timeout(180_000);
      const db = await open();
      assert.deepEqual(await setTo(db, 200), { added: 200, removed: 0, nodes: 200 });
      const macs = await db.knex('nodes').distinct('mac');
      assert.equal(macs.length, 200);
      assert.match(macs[0].mac, /^02(:[0-9a-f]{2}){5}$/);
      assert.equal((await db.knex('occupancy').where({ node_id: 200 })).length, 403);
      assert.deepEqual(await setTo(db, 200), { added: 0, removed: 0, nodes: 200 });
    });

    it('become more and fewer; the image goes with the last', async () => {
      const db = await open();
      await setTo(db, 2);
      assert.deepEqual(await setTo(db, 3), { added: 1, removed: 0, nodes: 3 });
      assert.deepEqual(await setTo(db, 1), { added: 0, removed: 2, nodes: 1 });
      assert.deepEqual(await names(db), ['sim1']);
      assert.equal((await db.knex('occupancy').distinct('node_id')).length, 1);
      assert.equal((await db.knex('tasks').where({ status: 'queued' })).length, 1);
      await setTo(db, 0);
      const image = () => db.knex('images').where({ name: 'simulated' }).first();
      assert.notEqual((await image()).deleted_at, null);
      await setTo(db, 1);
      assert.equal((await image()).deleted_at, null);
      assert.equal((await db.knex('image_revisions')).length, 1);
    });

    it('stay while somebody has them', async () => {
      const db = await open();
      await setTo(db, 3);
      await inTransaction(db, async (tx) => {
        const from = floorQuarter(tx.now) + quarter;
        assert.ok(await takeBits(tx, 3, { from, until: from + quarter }));
      });
      await db.knex('nodes').where({ id: 2 }).update({ state: 'inuse' });
      assert.deepEqual(await setTo(db, 0), { added: 0, removed: 1, nodes: 2 });
      assert.deepEqual(await names(db), ['sim2', 'sim3']);
      assert.equal((await db.knex('occupancy').where({ node_id: 3 })).length, 403);
    });
  });
});
