import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connectDatabase, type Database, migrate } from '../../db/connect.ts';
import { migrating } from '../../db/migrations/index.ts';
import { rowsOf } from '../../db/raw-rows.ts';
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
      this.timeout(90_000);
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

    it('leaves what is not its own', async () => {
      const db = await open();
      const record = await db.knex('knex_migrations').where({ name: '0004-work' }).first();
      await db.knex('knex_migrations').where({ name: '0004-work' }).delete();
      const event = { at: 1, kind: 'kept', data: '{}', retention: 'audit' };
      await db.knex('events').insert(event);
      await assert.rejects(migrate(db), /table "events" with rows .* Nothing was changed/);
      assert.equal((await db.knex('events')).length, 1);
      await db.knex('knex_migrations').insert(record);
    });

    it('goes on with the schema of a newer program', async () => {
      const db = await open();
      await db.knex('knex_migrations').insert({ name: '9999-later', batch: 9, migration_time: new Date() });
      await migrate(db);
      await db.knex('knex_migrations').where({ name: '9999-later' }).delete();
    });

    if (engine === 'mariadb') {
      it('goes on wherever one was killed', async function () {
        this.timeout(300_000);
        const db = await open();
        const whole = await schemaOf(db);
        for (let statements = 7; await cutOff(await url(), db, statements); statements += 50) {
          await db.knex('knex_migrations_lock').update({ is_locked: 0 });
          await migrate(db);
          assert.deepEqual(await schemaOf(db), whole, `killed after ${statements} statements`);
        }
      });

      it('is done once when several begin at once', async () => {
        const all = [await open(), await open(), await open()];
        const [db] = all;
        await db?.knex.migrate.rollback(migrating, true);
        await Promise.all(all.map((one) => migrate(one)));
        const names = (await db?.knex('knex_migrations').orderBy('id'))?.map(({ name }) => name);
        const known = (await migrating.migrationSource?.getMigrations([])) as { name: string }[];
        assert.deepEqual(
          names,
          known.map(({ name }) => name),
        );
        assert.equal(await db?.knex.schema.hasTable('tasks'), true);
      });
    }
  });
});

/** Migrates from nothing in a process that kills itself after so many statements; false when it was through before. */
async function cutOff(url: string, db: Database, statements: number): Promise<boolean> {
  await db.knex.migrate.rollback(migrating, true);
  const child = fork(new URL('./migrating-child.ts', import.meta.url), [url, String(statements)], {
    execArgv: ['--import', 'tsx'],
  });
  const [code, signal] = await once(child, 'exit');
  assert.ok(signal === 'SIGKILL' || code === 0);
  return signal === 'SIGKILL';
}

/** Every column and index there is. */
async function schemaOf(db: Database): Promise<unknown[]> {
  const sql = `SELECT table_name, column_name, column_type, NULL AS position FROM information_schema.columns
      WHERE table_schema = DATABASE()
    UNION ALL SELECT table_name, index_name, column_name, seq_in_index FROM information_schema.statistics
      WHERE table_schema = DATABASE() ORDER BY 1, 2, 3`;
  return rowsOf(await db.knex.raw(sql));
}
