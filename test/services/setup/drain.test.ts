import assert from 'node:assert/strict';
import { drain, remaining } from '../../../src/services/setup/drain.ts';
import { eachEngine } from '../../helpers/database.ts';
import { makeLab } from '../../helpers/lab.ts';

describe('draining a place', function () {
  this.timeout(180_000);

  eachEngine((_engine, { open }) => {
    it('begins no load, lets those that run end, keeps who has a machine, and is taken back', async () => {
      const lab = await makeLab(await open(), { nodes: 3, simulator: { loadSeconds: 0.3 } });
      await lab.startDaemon();
      const [ann, bob] = [await lab.person('ann'), await lab.person('bob')];
      const admin = await lab.person('admin', { role: 'administrator' });
      await lab.until(async () => (await remaining(lab.deps, 1)).loading.length > 0);
      await drain(lab.deps, 1, true);
      await lab.until(async () => (await remaining(lab.deps, 1)).loading.length === 0);
      assert.ok((await lab.db.knex('nodes').whereNotNull('revision_id')).length > 0, 'what ran has ended');
      await drain(lab.deps, 1, false);
      const running = await lab.services.reserve(ann, { image: 'simulated', minutes: 30 });
      await lab.reaches(ann, running.id, 'reserved');

      await drain(lab.deps, 1, true);
      await lab.until(async () => (await remaining(lab.deps, 1)).loading.length === 0);
      const waits = await lab.services.reserve(bob, { image: 'simulated', minutes: 30 });
      await lab.services.endReservation(ann, running.id);
      await lab.reaches(ann, running.id, 'complete');
      const left = await remaining(lab.deps, 1);
      assert.deepEqual(left.loading, []);
      assert.ok(left.waiting > 0);
      assert.equal((await lab.services.getReservation(bob, waits.id)).state, 'new');
      const health = await lab.services.health();
      assert.deepEqual(
        [health.ready, health.waitingFor.at(-1)],
        [false, 'here is being drained: no load begins there'],
      );
      const { items } = await lab.services.attention(admin);
      assert.equal(items.filter(({ text }) => text.includes('drain --off')).length, 1);

      await drain(lab.deps, 1, false);
      await lab.reaches(bob, waits.id, 'reserved');
      assert.equal((await lab.services.attention(admin)).items.length, 0);
      await lab.close();
    });
  });
});
