import assert from 'node:assert/strict';
import type { LabError } from '../../../src/domain/errors.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

describe('racks', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 2 });
      admin = await lab.person('ada', { role: 'administrator' });
    });
    afterEach(() => lab.close());

    const place = (...places: readonly (readonly [string, string | null, number | null])[]) =>
      lab.services.placeNodes(
        admin,
        places.map(([node, rack, unit]) => ({ node, rack, unit })),
      );
    const refused = (work: Promise<unknown>, words: RegExp) =>
      assert.rejects(work, (error: LabError) => {
        assert.match(error.fields?.places ?? error.code, words);
        return true;
      });

    it('hold nodes where they are said to stand, all of them or none; what is said twice is said once', async () => {
      assert.deepEqual(await place(['sim1', 'A3', 7], ['sim2', 'A3', 8]), { moved: 2 });
      assert.deepEqual(await place(['sim1', 'A3', 7], ['sim2', 'B1', null]), { moved: 1 });
      await refused(place(['sim1', 'C1', 1], ['sim9', 'C1', 2]), /There is no node “sim9”/);
      await refused(place(['sim1', 'C1', 99]), /from 1 \(at the bottom\) to 60/);
      await refused(place(['sim1', null, 3]), /name the rack/);
      const { rack, unit, events } = await lab.services.inspectNode(admin, 1);
      assert.deepEqual([rack, unit, events[0]?.text], ['A3', 7, 'Stands in A3, unit 7']);
      const bob = await lab.person('bob');
      await refused(lab.services.placeNodes(bob, []), /not-allowed/);
      await refused(lab.services.runningLoads(bob), /not-allowed/);
    });

    it('are in the table by which nodes are added', async () => {
      const usual = { pool: 'simulator', image: 'simulated', cpus: 1, memoryMb: 256, diskMb: 1024 };
      const csv = 'name,rack,unit\nlab1,A3,12\nlab2,,4\nlab3,A3,x';
      const rows = await lab.services.addNewNodes(admin, { ...usual, csv });
      assert.deepEqual(
        rows.map(({ problems }) => problems.join(' ').slice(0, 25)),
        ['', 'A unit without a rack say', 'A unit is a number from 1'],
      );
      const { rack, unit } = await lab.services.getNode(admin, rows[0]?.id ?? 0);
      assert.deepEqual([rack, unit], ['A3', 12]);
    });
  });
});
