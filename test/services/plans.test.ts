import assert from 'node:assert/strict';
import type { Database } from '../../db/connect.ts';
import { reading } from '../../db/transaction.ts';
import { auditBooks } from '../../src/daemon/audit.ts';
import { day, hour } from '../../src/domain/time.ts';
import { makeClass } from '../helpers/class-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';

/** Reservations and allocations found by nothing else are all that is booked: perhaps a million. */
const goesThroughAll = /^SEARCH (r|a) .*\((live|released_at)=\?( AND server_name=\?)?\)$|^SCAN (r|a)( |$)/;

eachEngine(
  (_engine, { open }) => {
    let lab: Lab;
    afterEach(() => lab.close());

    it('goes through all that is booked for nothing that is done all the time, though SQLite counts no rows to plan by', async () => {
      const db = await open();
      lab = await makeLab(db);
      const ann = await lab.person('ann');
      const admin = await lab.person('operator', { role: 'administrator' });
      const limited = { ...ann, limits: { ...ann.limits, overlap: 1, upcoming: 5 } };
      const wish = { image: 'simulated', minutes: 60 };
      const start = (await reading(db, (reader) => Promise.resolve(reader.now))) + 24 * hour;
      const part = { sort: 'name', descending: false, offset: 0, limit: 50 } as const;
      const page = { limit: 50, filter: {} };

      // at night everything is looked at
      const ofTheNight = await statementsOf(db, () => auditBooks(lab.deps));
      const asked = await statementsOf(db, async () => {
        await lab.services.verdict(limited, wish);
        await lab.services.verdict(limited, { ...wish, start });
        await lab.services.findTimes(ann, { ...wish, starts: [start] });
        const { id } = await lab.services.reserve(limited, wish);
        await (await lab.services.watchHome(ann, () => undefined))();
        await lab.services.home(ann);
        await lab.services.ownClasses(ann);
        await lab.services.countAttention(admin);
        await lab.services.attention(admin);
        await lab.services.listNodes(admin, page);
        await lab.services.listTasks(admin, page);
        await lab.startDaemon();
        await lab.reaches(ann, id, 'reserved');
        await lab.services.extension(ann, id);
        await lab.services.timeline(admin, {
          ...part,
          filter: {},
          window: { from: start, until: start + 7 * day },
        });
        const { students, teacher, block, dateId } = await makeClass(lab, { seats: 1, students: 1 });
        const [bob] = students;
        assert.ok(bob);
        await lab.services.wall(teacher, block.id, dateId);
        await lab.reaches(bob, (await lab.services.claim(bob, dateId)).id, 'reserved');
        await lab.services.inspectBlock(teacher, block.id);
        await lab.services.endReservation(ann, id);
        await lab.reaches(ann, id, 'complete');
      });
      for (const sql of [...asked].filter((one) => !ofTheNight.has(one)))
        assert.deepEqual(
          (await planOf(db, sql)).filter((step) => goesThroughAll.test(step)),
          [],
          sql,
        );
    });
  },
  ['sqlite'],
);

/** The SELECTs that it comes to. */
async function statementsOf(db: Database, work: () => Promise<unknown>): Promise<Set<string>> {
  const asked = new Set<string>();
  const { noteStatement } = db;
  db.noteStatement = (sql) => void (/^\s*SELECT/.test(sql) && asked.add(sql));
  await work();
  db.noteStatement = noteStatement;
  return asked;
}

async function planOf(db: Database, sql: string): Promise<string[]> {
  const nothing = Array.from(sql.matchAll(/\?/g), () => null);
  const steps = (await db.knex.raw(`EXPLAIN QUERY PLAN ${sql}`, nothing)) as { detail: string }[];
  return steps.map(({ detail }) => detail);
}
