import assert from 'node:assert/strict';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import type { InspectedPart } from '../../../src/domain/contracts/bare-metal.ts';
import type { ProvisioningModule } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import type { Inventory } from '../../../src/domain/inventory.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const usual = { pool: 'rack', image: 'simulated', cpus: 2, memoryMb: 1024, diskMb: 4096 };
const mac = '52:54:00:00:00:11';
const hardware = { bmcHost: '10.0.0.11', bmcUsername: 'admin', bmcPassword: 'correct-horse-7' };
const inventory: Inventory = {
  ...{ firmware: 'bios', secureBoot: null, vendor: 'Dell Inc.', product: 'R650', serial: 'ABC1' },
  ...{ biosVersion: '1.2.3', cpu: 'Xeon', cpus: 2, memoryMb: 990, nics: [] },
  disks: [
    { name: 'sda', sectors: 4_194_304, removable: false, rotational: true, model: 'HGST', serial: 'S1' },
  ],
};
const fine: InspectedPart = {
  ...{ name: 'Memory', result: 'fine', says: '900 MB: no error.', seconds: 6 },
  measured: { what: 'copying', value: 900, unit: 'MB/s' },
};
const bad: InspectedPart = { ...fine, name: 'Disk sda', result: 'failed', says: '2 errors.', measured: null };

describe('commissioning', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    /** What the next machine that is inspected is found to be. */
    let found: Inventory;
    let parts: readonly InspectedPart[];
    let silent: boolean;
    let loads: number;

    beforeEach(async () => {
      [found, parts, silent, loads] = [inventory, [fine], false, 0];
      const { simulator } = provisioning;
      const metal: ProvisioningModule = {
        ...(simulator as unknown as ProvisioningModule),
        ...{ id: 'metal', title: 'Metal', bareMetal: true },
        async load(context) {
          loads++;
          const loaded = await (simulator as unknown as ProvisioningModule).load(context);
          return { ...loaded, inventory: found };
        },
        async inspect() {
          if (silent) throw new ModuleError('node_broken', 'm1 did not start from the network');
          return { inventory: found, parts };
        },
      };
      const modules = { ...provisioning, metal };
      lab = await makeLab(await open(), { over: { provisioning: modules, descriptors: modules } });
      admin = await lab.person('ada', { role: 'administrator' });
      await lab.services.createPool(admin, { name: 'rack', module: 'metal' });
    });
    afterEach(() => lab.close());

    async function add(): Promise<number> {
      const wanted = { ...usual, pattern: 'm1', mac, hardware, commission: true };
      const [row] = await lab.services.addNewNodes(admin, wanted);
      return row?.id ?? 0;
    }
    const look = (id: number) => lab.services.inspectNode(admin, id);
    const untilEnded = (id: number, times = 1) =>
      lab.until(
        async () => (await look(id)).commissions.filter(({ outcome }) => outcome !== null).length === times,
      );
    const untilState = (id: number, state: string) => lab.until(async () => (await look(id)).state === state);

    it('keeps a new machine out of service until every part has passed, and what was found of it', async () => {
      const id = await add();
      const waiting = await look(id);
      assert.deepEqual([waiting.state, waiting.because], ['maintenance', 'It is being commissioned.']);
      await lab.startDaemon();
      await untilState(id, 'available');
      const { commissions, inventory: lines, diskMb, memoryMb, because } = await look(id);
      assert.deepEqual(commissions[0]?.parts, [fine]);
      assert.deepEqual([commissions[0]?.outcome, commissions[0]?.by], ['passed', 'ada']);
      assert.ok(lines.some(({ value }) => value === '2048 MB, spinning, HGST, S1'));
      // Of what was entered that is not there nothing is promised; what the kernel keeps of the memory is there.
      assert.deepEqual([diskMb, memoryMb, because], [2048, 1024, null]);
      assert.equal(loads, 1);
    });

    it('leaves one that did not pass out of service, says which part, and takes it in once it does', async () => {
      parts = [fine, bad];
      const id = await add();
      await lab.startDaemon();
      await untilEnded(id);
      const node = await look(id);
      assert.deepEqual(
        [node.state, node.because, node.failure],
        ['maintenance', 'It did not pass its commissioning.', 'Disk sda: 2 errors.'],
      );
      assert.equal(loads, 0);
      const { items } = await lab.services.attention(admin);
      assert.match(
        items.find(({ about }) => about === `/nodes/${id}`)?.text ?? '',
        /^Machine m1 did not pass its commissioning\. Disk sda: 2 errors\.$/,
      );

      parts = [fine];
      await lab.services.orderNode(admin, id, { action: 'commission' });
      await untilState(id, 'available');
      assert.equal((await look(id)).failure, null);
      assert.equal((await lab.services.attention(admin)).items.length, 0);
      const [outcome] = await lab.services.followOrders(admin, [id]);
      assert.deepEqual([outcome?.says, outcome?.over], ['It passed.', true]);
    });

    it('of a machine in service says what has changed in it; one that is silent stays out, with the reason', async () => {
      const id = await add();
      await lab.startDaemon();
      await untilState(id, 'available');
      found = { ...inventory, biosVersion: '1.2.4' };
      await lab.services.orderNode(admin, id, { action: 'reload' });
      await lab.until(async () => loads === 2 && (await look(id)).state === 'available');
      const told = async (words: RegExp) =>
        (await look(id)).events.some(
          ({ text }) => text.startsWith('Its hardware changed') && words.test(text),
        );
      assert.ok(await told(/Firmware: BIOS 1\.2\.3 before, BIOS 1\.2\.4 now\./));

      found = { ...found, disks: inventory.disks.map((disk) => ({ ...disk, serial: 'S2' })) };
      const says = await lab.services.previewOrder(admin, id, { action: 'commission' });
      assert.match(
        says,
        /^It is taken out of service, looked at and burnt in; when it passes it comes back\./,
      );
      await lab.services.orderNode(admin, id, { action: 'commission' });
      await assert.rejects(lab.services.orderNode(admin, id, { action: 'commission' }), {
        code: 'node.state',
      });
      await untilEnded(id, 2);
      await untilState(id, 'available');
      assert.ok(await told(/Disk sda: .*S1 before, .*S2 now\./));

      silent = true;
      await lab.services.orderNode(admin, id, { action: 'commission' });
      await untilEnded(id, 3);
      const { state, commissions } = await look(id);
      assert.deepEqual(
        [state, commissions[0]?.says, commissions[0]?.parts],
        ['maintenance', 'm1 did not start from the network', []],
      );
    });

    it('is nothing for machines that are made here, and is not gone on with once somebody took one back', async () => {
      await assert.rejects(lab.services.orderNode(admin, 1, { action: 'commission' }), {
        message: /has nothing to commission: it is no machine of its own/,
      });
      const id = await add();
      await lab.services.orderNode(admin, id, { action: 'service' });
      await lab.startDaemon();
      await untilState(id, 'available');
      await untilEnded(id);
      const [one] = (await look(id)).commissions;
      assert.deepEqual([one?.outcome, one?.says], ['failed', 'It was taken back into service before.']);
    });
  });
});
