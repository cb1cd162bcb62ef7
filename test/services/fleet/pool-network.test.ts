import assert from 'node:assert/strict';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import type { PoolCheck, ProvisioningModule } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const fine: PoolCheck = {
  name: 'DHCP',
  result: 'fine',
  says: 'We give addresses.',
  mend: null,
  part: 'dhcp',
};
const foreign: PoolCheck = {
  ...{ name: 'DHCP server 10.0.0.9', result: 'wrong', part: 'dhcp', by: '10.0.0.9' },
  ...{ says: 'Another DHCP server, 10.0.0.9, gives addresses.', mend: 'Take it off this network.' },
};

describe('the imaging network of a pool', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    let id: number;
    let found: () => PoolCheck[];
    let everySeconds: number;

    beforeEach(async () => {
      found = () => [fine];
      everySeconds = 3600;
      const metal: ProvisioningModule = {
        ...(provisioning.simulator as unknown as ProvisioningModule),
        ...{ id: 'metal', title: 'Metal', bareMetal: true, networkSeconds: () => everySeconds },
        check_network: () => Promise.resolve().then(found),
        check_pool: async () => [
          { name: 'BMCs', result: 'fine', says: 'All answer.', mend: null },
          ...found(),
        ],
      };
      const modules = { ...provisioning, metal };
      lab = await makeLab(await open(), { over: { provisioning: modules, descriptors: modules } });
      admin = await lab.person('ada', { role: 'administrator' });
      id = await lab.services.createPool(admin, { name: 'rack', module: 'metal' });
    });
    afterEach(() => lab.close());

    const network = () => lab.services.poolNetwork(admin, id);
    /** Without waiting for the next look. */
    const untilFound = <T>(look: () => Promise<T | false>) =>
      lab.until(async () => {
        await lab.db
          .knex('tasks')
          .where({ action: 'watchnetworks', status: 'queued' })
          .update({ run_after: 0 });
        return look();
      });
    const said = async () => (await network()).checks.map(({ says }) => says).join(' ');
    const attention = async () =>
      (await lab.services.attention(admin)).items.filter(({ kind }) => kind === 'network');
    const told = async () => {
      const rows = await lab.db.knex('events').where('kind', 'like', 'network-%').orderBy('id');
      return rows.map(({ kind }: { kind: string }) => kind);
    };

    it('is checked by itself: a DHCP server that answers too needs attention until it is gone, and is told of once', async () => {
      everySeconds = 0;
      await lab.startDaemon();
      await untilFound(async () => (await network()).checkedAt !== null);
      assert.deepEqual([await attention(), await told()], [[], []]);

      found = () => [fine, foreign];
      const [item] = await untilFound(async () => {
        const items = await attention();
        return items.length > 0 && items;
      });
      assert.equal(
        item?.text,
        'The imaging network of rack: Another DHCP server, 10.0.0.9, gives addresses.',
      );
      assert.equal(item?.about, `/pools/${id}/network`);
      const { wrongSince, checkedAt } = await network();
      await untilFound(async () => ((await network()).checkedAt ?? 0) > (checkedAt ?? 0));
      assert.equal((await network()).wrongSince, wrongSince);

      found = () => [fine];
      await untilFound(async () => (await attention()).length === 0);
      assert.deepEqual(await told(), ['network-broke', 'network-mended']);
    });

    it('is checked at once for whoever asks; Test finds the same, and its page shows what was found last', async () => {
      await lab.startDaemon();
      await lab.until(async () => (await network()).checkedAt !== null);
      found = () => [foreign];
      const now = await lab.services.checkPoolNetwork(admin, id);
      assert.deepEqual([now.underWay, now.checks], [false, [foreign]]);
      found = () => [fine];
      const test = await lab.services.testPool(admin, id);
      assert.deepEqual(
        test.checks.map(({ name }) => name),
        ['BMCs', 'DHCP'],
      );
      assert.deepEqual([await said(), await attention()], ['We give addresses.', []]);
      found = () => [foreign];
      await lab.services.checkPoolNetwork(admin, id);
      const shown = await lab.services.poolTest(admin, id);
      assert.deepEqual(
        shown?.checks.map(({ name }) => name),
        ['BMCs', 'DHCP server 10.0.0.9'],
      );
    });

    it('that cannot be checked is wrong, with the reason', async () => {
      found = () => {
        throw new ModuleError('failed', 'The image server does not start: no room');
      };
      await lab.startDaemon();
      await lab.until(async () => (await attention()).length === 1);
      assert.equal(await said(), 'The image server does not start: no room');
    });

    it('is nobody’s business but administrators’, of a place that is armed and a pool that has one', async () => {
      const { checkPoolNetwork, poolNetwork } = lab.services;
      await assert.rejects(poolNetwork(await lab.person('sam'), id), { code: 'not-allowed' });
      await assert.rejects(poolNetwork(admin, 1), { code: 'not-found' });
      assert.deepEqual([(await network()).checkedAt, (await network()).underWay], [null, false]);
      await lab.db.knex('places').update({ armed: 0 });
      await assert.rejects(checkPoolNetwork(admin, id), { code: 'place.disarmed' });
    });
  });
});
