import assert from 'node:assert/strict';
import type { LabError } from '../../../src/domain/errors.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const newNodes = { image: 'simulated', cpus: 1, memoryMb: 1024, diskMb: 10_240 };

describe('pools', () => {
  eachEngine((_engine, { open }) => {
    const started = async () => {
      const lab = await makeLab(await open(), { nodes: 1 });
      return { lab, admin: await lab.person('ada', { role: 'administrator' }) };
    };
    const refused = (work: Promise<unknown>, code: string, ...fields: string[]) =>
      assert.rejects(work, (error: LabError) => {
        assert.deepEqual([error.code, Object.keys(error.fields)], [code, fields], error.message);
        return true;
      });

    it('are changed by one administrator at a time, and no setting half valid', async () => {
      const { lab, admin } = await started();
      const read = () => lab.services.poolSettings(admin, 1);
      const { version, settings } = await read();
      const told = settings.find(({ name }) => name === 'loadSeconds');
      assert.match(told?.description ?? '', /How long a load takes/);
      const edit = (changes: object) => lab.services.editPool(admin, 1, changes);
      const half = { loadSeconds: 5, failureRate: 7, hangRate: 'often', colour: 'red' };
      await refused(edit({ settings: half }), 'input.invalid', 'colour', 'failureRate', 'hangRate');
      await edit({ version, settings: { loadSeconds: 5 } });
      await refused(edit({ version, settings: { loadSeconds: 6 } }), 'changed-meanwhile');
      assert.equal((await read()).settings.find(({ name }) => name === 'loadSeconds')?.value, 5);
      await lab.close();
    });

    it('are sorted by what they have, a part at a time', async () => {
      const { lab, admin } = await started();
      await lab.services.createPool(admin, { name: 'Attic', module: 'simulator' });
      const found = async (sort: 'name' | 'nodes', offset = 0) => {
        const part = { sort, descending: false, offset, limit: 1 };
        const { items, total } = await lab.services.findPools(admin, part);
        return [items.map(({ name, nodes }) => `${name} ${nodes}`).join(), total];
      };
      assert.deepEqual(await found('name'), ['Attic 0', 2]);
      assert.deepEqual(await found('nodes', 1), ['simulator 1', 2]);
      await assert.rejects(lab.services.findPools(await lab.person('sam'), {} as never), {
        code: 'not-allowed',
      });
      await lab.close();
    });

    it('are made whole or not at all, once for a key, and removed when they have no nodes', async () => {
      const { lab, admin } = await started();
      const student = await lab.person('sam');
      const { createPool, removePool, poolSettings } = lab.services;
      const room = { name: 'Room 1', module: 'simulator', settings: { loadSeconds: 2 } };
      await refused(createPool(student, room), 'not-allowed');
      await refused(createPool(admin, { ...room, module: 'cloud' }), 'input.invalid', 'module');
      await refused(createPool(admin, { ...room, place: 'elsewhere' }), 'input.invalid', 'place');
      await refused(createPool(admin, { ...room, settings: { spread: 2 } }), 'input.invalid', 'spread');
      await refused(createPool(admin, { ...room, name: 'simulator' }), 'name.taken', 'name');

      const once = { idempotencyKey: 'k' };
      const id = await createPool(admin, room, once);
      assert.equal(await createPool(admin, room, once), id);
      const made = await poolSettings(admin, id);
      assert.deepEqual([made.name, made.reach, made.nodes], ['Room 1', 'none', 0]);

      const add = { ...newNodes, pool: 'Room 1', pattern: 'r1' };
      const [node] = await lab.services.addNewNodes(admin, add);
      assert.ok(node?.id);
      await refused(removePool(admin, id), 'pool.in-use');
      await refused(removePool(student, id), 'not-allowed');
      const empty = await createPool(admin, { ...room, name: 'Room 2' });
      await refused(removePool(admin, empty, 7), 'changed-meanwhile');
      await removePool(admin, empty);
      await refused(poolSettings(admin, empty), 'not-found');
      await lab.close();
    });

    it('that is removed while a node is added to it keeps neither half of it', async () => {
      const { lab, admin } = await started();
      for (const name of ['a', 'b', 'c']) {
        const id = await lab.services.createPool(admin, { name, module: 'simulator' });
        const add = { ...newNodes, pool: name, pattern: `${name}[1-2]` };
        const [added, removed] = await Promise.allSettled([
          lab.services.addNewNodes(admin, add),
          lab.services.removePool(admin, id),
        ]);
        assert.notEqual(added.status, removed.status, name);
        assert.equal(await countNodes(lab, id), added.status === 'fulfilled' ? 2 : 0);
      }
      await lab.close();
    });

    it('are tested by the daemon of their place: what it finds is kept, and said to be old after a change', async () => {
      const { lab, admin } = await started();
      assert.equal(await lab.services.poolTest(admin, 1), null);
      await refused(lab.services.testPool(await lab.person('sam'), 1), 'not-allowed');
      await lab.startDaemon();
      const test = await lab.services.testPool(admin, 1);
      assert.deepEqual([test.state, test.place, test.outdated], ['done', 'here', false]);
      assert.deepEqual(
        test.checks.map(({ name, result }) => `${name} ${result}`),
        ['Machines warning', 'Folder fine'],
      );
      await lab.services.editPool(admin, 1, { settings: { loadSeconds: 1 } });
      assert.equal((await lab.services.poolTest(admin, 1))?.outdated, true);

      await lab.db.knex('places').update({ armed: 0 });
      await refused(lab.services.testPool(admin, 1), 'place.disarmed');
      await lab.close();
    });
  });
});

async function countNodes(lab: Lab, pool: number): Promise<number> {
  return (await lab.db.knex('nodes').where({ pool_id: pool })).length;
}
