import assert from 'node:assert/strict';
import { inTransaction } from '../../db/transaction.ts';
import { eachEngine } from '../helpers/database.ts';

describe('inTransaction', () => {
  eachEngine((engine, { open }) => {
    it('commits what the work did, and says so', async () => {
      const db = await open();
      let signals = 0;
      db.signals.on('committed', () => signals++);
      await inTransaction(db, async (tx) => {
        await tx.table('counters').insert({ name: 'one', changes: 1 });
      });
      const [row] = await db.knex('counters').select();
      assert.deepEqual({ ...row }, { name: 'one', changes: 1 });
      assert.equal(signals, 1);
      assert.equal(db.engine, engine);
    });

    it('leaves nothing of work that threw', async () => {
      const db = await open();
      const work = inTransaction(db, async (tx) => {
        await tx.table('counters').insert({ name: 'one', changes: 1 });
        throw new Error('changed my mind');
      });
      await assert.rejects(work, /changed my mind/);
      assert.equal((await db.knex('counters').select()).length, 0);
    });

    it('undoes to the savepoint what an attempt gave up, and goes on', async () => {
      const db = await open();
      await inTransaction(db, async (tx) => {
        await tx.table('counters').insert({ name: 'kept', changes: 1 });
        await tx.savepoint(async () => {
          await tx.table('counters').insert({ name: 'undone', changes: 1 });
          return false;
        });
      });
      assert.deepEqual(
        (await db.knex('counters').select('name')).map((row) => row.name),
        ['kept'],
      );
    });

    it('loses no increment of many connections at once', async () => {
      const first = await open();
      const all = engine === 'sqlite' ? [first] : [first, await open(), await open(), await open()];
      await first.knex('counters').insert({ name: 'shared', changes: 0 });
      const increments = all.flatMap((db) =>
        Array.from({ length: 10 }, () =>
          inTransaction(db, (tx) =>
            tx.change('UPDATE counters SET changes = changes + 1 WHERE name = ?', ['shared']),
          ),
        ),
      );
      assert.deepEqual(
        await Promise.all(increments),
        increments.map(() => 1),
      );
      assert.equal((await first.knex('counters').first()).changes, increments.length);
    });

    it('undoes a writer that throws without those that wait beside it', async () => {
      const db = await open();
      const names = ['a', 'b', 'c', 'd', 'e'];
      const results = await Promise.allSettled(
        names.map((name) =>
          inTransaction(db, async (tx) => {
            await tx.table('counters').insert({ name, changes: 0 });
            if (name === 'c') throw new Error('changed my mind');
          }),
        ),
      );
      assert.deepEqual(
        results.map((result) => result.status),
        ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      const kept = await db.knex('counters').select('name').orderBy('name');
      assert.deepEqual(
        kept.map((row) => row.name),
        ['a', 'b', 'd', 'e'],
      );
    });
  });

  eachEngine((engine, { open }) => {
    if (engine !== 'sqlite') return;
    it('is busy when it has lost its races for five seconds', async () => {
      const db = await open();
      const lost = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
      await assert.rejects(
        inTransaction(db, () => Promise.reject(lost)),
        { code: 'busy', cause: lost },
      );
    });
  });
});
