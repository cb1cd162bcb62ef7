import assert from 'node:assert/strict';
import { type Database, migrate } from '../../db/connect.ts';
import { migrating, migrationNames } from '../../db/migrations/index.ts';
import { rowsOf } from '../../db/raw-rows.ts';
import { schemaOf } from '../../db/repositories/dump.ts';
import { reading } from '../../db/transaction.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, makeLab } from '../helpers/lab.ts';

describe('upgrade', function () {
  this.timeout(180_000);

  eachEngine((_engine, { open }) => {
    it('goes on with the machines and reservations of the schema before', async () => {
      const db = await open();
      const lab = await makeLab(db, { nodes: 2 });
      const old = await lab.startDaemon();
      const ann = await lab.person('ann');
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.reaches(ann, id, 'reserved');
      await old.stop();
      const machine = await machineOf(db, id);
      const before = await looks(db);

      await db.knex.migrate.down(migrating);
      assert.deepEqual(await reading(db, schemaOf), migrationNames.slice(0, -1));
      await migrate(db);

      await lab.startDaemon();
      await lab.until(async () => (await looks(db)) > before);
      assert.deepEqual(await machineOf(db, id), machine, 'the same load of the same machine');
      assert.equal((await lab.services.getReservation(ann, id)).state, 'reserved');
      await lab.services.extend(ann, id, 15);
      await lab.services.endReservation(ann, id);
      await lab.reaches(ann, id, 'complete');
      const next = await lab.services.reserve(ann, { image: 'simulated', minutes: 30 });
      await lab.reaches(ann, next.id, 'reserved');
      await checkBooks(db);
      await lab.close();
    });

    it('leaves the program before what it knows, and asks of it nothing more', async () => {
      const db = await open();
      try {
        for (const name of migrationNames.slice(-3).toReversed()) {
          const after = await columnsOf(db);
          await db.knex.migrate.down(migrating);
          const before = await columnsOf(db);
          for (const [column, is] of before)
            assert.deepEqual(after.get(column), is, `${name} changed ${column}`);
          const tables = new Set([...before.values()].map(({ table }) => table));
          const demanded = [...after].filter(
            ([column, { table, needed }]) => needed && tables.has(table) && !before.has(column),
          );
          assert.deepEqual(demanded, [], `${name} demands what older programs do not write`);
        }
      } finally {
        await migrate(db);
      }
    });
  });
});

interface Column {
  readonly table: string;
  readonly type: string;
  /** Who inserts a row must give it. */
  readonly needed: boolean;
}

async function columnsOf(db: Database): Promise<Map<string, Column>> {
  const sql =
    db.engine === 'sqlite'
      ? `SELECT m.name AS tab, c.name AS col, lower(c.type) AS typ, c."notnull" = 1 AND c.dflt_value IS NULL AND c.pk = 0 AS needed
           FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`
      : `SELECT table_name AS tab, column_name AS col, column_type AS typ,
             is_nullable = 'NO' AND column_default IS NULL AND extra = '' AS needed
           FROM information_schema.columns WHERE table_schema = DATABASE()`;
  const rows = rowsOf<{ tab: string; col: string; typ: string; needed: number }>(await db.knex.raw(sql));
  return new Map(
    rows.map(({ tab, col, typ, needed }) => [
      `${tab}.${col}`,
      { table: tab, type: typ, needed: needed === 1 },
    ]),
  );
}

async function machineOf(db: Database, id: number): Promise<unknown> {
  const [row] = await db
    .knex('allocations as a')
    .join('nodes as n', 'n.id', 'a.node_id')
    .where({ reservation_id: id })
    .select('n.id', 'n.load_no', 'n.state', 'n.revision_id', 'a.hold_from');
  return row;
}

/** How often machines were compared with the books. */
async function looks(db: Database): Promise<number> {
  const row = await db.knex('tasks').where({ action: 'reconcile' }).orderBy('id', 'desc').first();
  return Number(row?.claim_epoch ?? 0);
}
