import assert from 'node:assert/strict';
import type { LabError } from '../../../src/domain/errors.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const usual = { pool: 'simulator', image: 'simulated', cpus: 1, memoryMb: 256, diskMb: 1024 };

describe('nodes that are added', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 1 });
      admin = await lab.person('ada', { role: 'administrator' });
    });
    afterEach(() => lab.close());

    it('by a pattern come into service, with addresses that follow', async () => {
      const rows = await lab.services.addNewNodes(admin, {
        ...usual,
        pattern: 'lab[09-12]',
        mac: '52-54-00-00-00-FE',
      });
      assert.deepEqual(
        rows.map(({ name, mac }) => `${name} ${mac}`),
        [
          'lab09 52:54:00:00:00:fe',
          'lab10 52:54:00:00:00:ff',
          'lab11 52:54:00:00:01:00',
          'lab12 52:54:00:00:01:01',
        ],
      );
      await lab.startDaemon();
      for (const { id = 0 } of rows)
        await lab.until(async () => (await lab.services.getNode(admin, id)).state === 'available');
      await checkBooks(lab.db);
    });

    it('asked for again with the same key are not added twice; what a cut request left is', async () => {
      const wanted = { ...usual, pattern: 'lab[1-60]' };
      const once = { idempotencyKey: 'sixty' };
      const first = await lab.services.addNewNodes(admin, wanted, once);
      const [gone] = first;
      await lab.db.knex('nodes').where({ id: gone?.id }).delete();
      const second = await lab.services.addNewNodes(admin, wanted, once);
      assert.deepEqual(second.slice(1), first.slice(1));
      assert.ok((second[0]?.id ?? 0) > 60, 'the one that was missing');
      const taken = await lab.services.addNewNodes(admin, wanted);
      assert.ok(taken.every(({ problems }) => problems.join() === 'The name is taken.'));
    });

    it('are told one by one where something goes wrong between', async () => {
      const wanted = { ...usual, pattern: 'lab[1-260]' };
      const { engine, knex } = lab.db;
      const fails = "NEW.name = 'lab255'";
      await knex.raw(
        engine === 'sqlite'
          ? `CREATE TRIGGER no_more BEFORE INSERT ON nodes WHEN ${fails} BEGIN SELECT RAISE(ABORT, 'no more'); END`
          : `CREATE TRIGGER no_more BEFORE INSERT ON nodes FOR EACH ROW IF ${fails} THEN SIGNAL SQLSTATE '45000'; END IF`,
      );
      const rows = await lab.services.addNewNodes(admin, wanted);
      assert.equal(rows.filter(({ id }) => id !== undefined).length, 250);
      const said = new Set(rows.slice(250).map(({ problems }) => problems.join()));
      assert.deepEqual([...said], ['Not added: something went wrong on our side.']);
      await assert.rejects(lab.services.addNewNodes(admin, { ...wanted, pattern: 'lab[251-260]' }));
      await checkBooks(lab.db);
    });

    it('have what is wrong with each named, and the others are added', async () => {
      const csv =
        '\ufeffname;mac;cpus;;\r\nnew1,,2\nsim1,,\nnew1,,\nnew2,02:00:00:00:00:01,\nnew3,zz,\n,,\n"new 4",,0\nnew5,,1,9\n,,2\n';
      const plan = await lab.services.addNewNodes(admin, { ...usual, csv });
      assert.deepEqual(
        plan.map(({ line, problems, id }) => [line, problems.join(' '), id !== undefined]),
        [
          [2, '', true],
          [3, 'The name is taken.', false],
          [4, 'The name stands in line 2 too.', false],
          [5, 'The address is that of sim1.', false],
          [6, 'The address is none of a network card.', false],
          [
            8,
            'A name has letters, digits and hyphens, at most 60. cpus must be a whole number from 1 to 1024.',
            false,
          ],
          [9, 'It has more values than there are columns.', false],
          [10, 'The name is missing.', false],
        ],
      );
    });

    it('are refused as a whole in a sentence: a million by a pattern, a range backwards, no such pool', async () => {
      const refused = (over: object, words: RegExp) =>
        assert.rejects(lab.services.planNodes(admin, { ...usual, ...over }), (error: LabError) =>
          words.test(error.message),
        );
      await refused({ pattern: 'lab[1-1000000]' }, /That would be 1000000 nodes: at most 10000/);
      await refused({ pattern: 'lab[9-1]' }, /ends at 1, before it begins at 9/);
      await refused({ pattern: 'lab%' }, /first and the last number/);
      await refused({ pattern: 'lab1', pool: 'none' }, /no such pool/);
      await refused({ csv: 'host\nx\n' }, /first line must name the columns/);
      await refused({ csv: 'name,ram\nx,1\n' }, /There is no column "ram": name, and if wanted mac/);
      await refused({ csv: 'name,mac,Name\nx\n' }, /The column "Name" is named twice/);
      await refused({ csv: 'name\nx\n"y\nz\n' }, /quotation mark is opened in line 3 and never closed/);
      const rows = Array.from({ length: 10_000 }, (_, i) => `n${i % 9_000}`);
      const plan = await lab.services.planNodes(admin, { ...usual, csv: ['name', ...rows].join('\n') });
      assert.equal(plan.filter(({ problems }) => problems.length > 0).length, 1_000);
      await refused({ csv: ['name', ...rows, 'x'].join('\n') }, /10001 rows: at most 10000/);
    });
  });
});
