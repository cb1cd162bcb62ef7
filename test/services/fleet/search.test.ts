import assert from 'node:assert/strict';
import type { SignedIn } from '../../../src/services/views.ts';
import { makeCrashLab } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import type { Lab } from '../../helpers/lab.ts';

describe('search and metrics', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeCrashLab(await open(), { nodes: 2 });
      admin = await lab.person('ada', { role: 'administrator' });
    });
    afterEach(() => lab.close());

    it('finds nodes, people, images, reservations and who has an address, and counts them', async () => {
      await lab.startDaemon();
      const ann = await lab.person('ann', { limits: { overlap: 1 } });
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.reaches(ann, id, 'reserved');
      const { methods } = await lab.services.connect(ann, id, '198.51.100.7');
      await assert.rejects(lab.services.reserve(ann, { image: 'simulated', minutes: 60 }));
      const found = async (typed: string) =>
        (await lab.services.search(admin, typed)).map((hit) => `${hit.kind} ${hit.name}`);
      assert.deepEqual(await found('SIM'), ['node sim1', 'node sim2', 'image simulated']);
      await lab.db.knex('nodes').where({ name: 'sim1' }).update({ name: 'sim10' });
      assert.deepEqual(await found('sim'), ['node sim2', 'node sim10', 'image simulated']);
      assert.deepEqual(await found('sim%'), []);
      assert.deepEqual(await found('ann@example.org'), ['person ann']);
      assert.deepEqual(await found(`#${id}`), ['reservation Simulated']);
      assert.deepEqual(await found(`${methods[0]?.host}:${methods[0]?.port}`), ['reservation Simulated']);
      assert.deepEqual(await found(' '), []);
      await assert.rejects(lab.services.search(ann, 'sim1'), { code: 'not-allowed' });

      const { nodes, reservations, refused, loads } = await lab.services.metrics();
      assert.equal(
        nodes.reduce((sum, { value }) => sum + value, 0),
        2,
      );
      assert.equal(reservations.length, 1);
      assert.deepEqual(refused, [{ name: 'reservation.limit-overlap', value: 1 }]);
      assert.equal(loads[0]?.image, 'simulated');
    });
  });
});
