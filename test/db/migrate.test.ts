import assert from 'node:assert/strict';
import { connectDatabase, migrate } from '../../db/connect.ts';
import { migrationSource } from '../../db/migrations/index.ts';
import { eachEngine } from '../helpers/database.ts';

describe('migrate', () => {
  eachEngine((engine, { open, url }) => {
    it('does nothing to what is there', async () => {
      const db = await open();
      await db.knex('counters').insert({ name: 'kept', changes: 1 });
      await migrate(db);
      assert.equal((await db.knex('counters')).length, 1);
    });

    it('waits for another one, and takes over when that one was killed', async function () {
      this.timeout(30_000);
      const db = await open();
      await db.knex('knex_migrations_lock').update({ is_locked: 1 });
      const other = connectDatabase(await url());
      const freed = setTimeout(
        () => void db.knex('knex_migrations_lock').update({ is_locked: 0 }).then(),
        500,
      );
      await migrate(other);
      clearTimeout(freed);
      await db.knex('knex_migrations_lock').update({ is_locked: 1 });
      await migrate(other, { patienceMs: 300 });
      const [lock] = await db.knex('knex_migrations_lock');
      assert.equal(lock.is_locked, 0);
      await other.close();
    });

    if (engine === 'mariadb') {
      it('is done once when several begin at once', async () => {
        const all = [await open(), await open(), await open()];
        const [db] = all;
        await db?.knex.migrate.rollback({ migrationSource }, true);
        await Promise.all(all.map((one) => migrate(one)));
        assert.equal((await db?.knex('knex_migrations'))?.length, 1);
        assert.equal(await db?.knex.schema.hasTable('tasks'), true);
      });
    }
  });
});
