import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import { BmcError } from '../../../modules/provisioning/shared/bmc/bmc-error.ts';
import type { NodeHardware } from '../../../src/domain/contracts/facts.ts';
import type { ProvisioningModule } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import type { LabError } from '../../../src/domain/errors.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const secret = 'correct-horse-7';
const usual = { pool: 'rack', image: 'simulated', cpus: 1, memoryMb: 256, diskMb: 1024 };
const hardware = { bmcHost: '10.0.0.11', bmcUsername: 'admin', bmcPassword: secret };
const mac = '52:54:00:00:00:11';
const found = {
  ...{ manufacturer: 'Dell Inc.', product: null, version: '6.10', protocol: 'IPMI 2.0, cipher suite 3' },
  warnings: ['The BMC at 10.0.0.11 lets anybody in.'],
  learnt: { cipher: 3, fingerprint: null },
};

describe('bare-metal nodes', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    /** The hardware in each context that the module was given when its BMC was greeted. */
    let greeted: (NodeHardware | null)[];
    let refusal: BmcError | null;
    let logged: unknown[];
    /** Whose lamps. */
    let lit: string[];

    beforeEach(async () => {
      greeted = [];
      refusal = null;
      logged = [];
      lit = [];
      const note = (facts: object, message: string) =>
        void logged.push(inspect({ facts, message }, { depth: 9 }));
      const log = { debug: note, info: note, warn: note, error: note };
      const { simulator } = provisioning;
      const metal: ProvisioningModule = {
        ...(simulator as unknown as ProvisioningModule),
        ...{ id: 'metal', title: 'Metal', bareMetal: true },
        async greet_bmc(context: ProvisioningContext) {
          greeted.push(context.node.hardware);
          if (refusal) throw refusal;
          return found;
        },
        identify: async ({ node }: ProvisioningContext) => void lit.push(node.name),
      };
      const modules = { ...provisioning, metal };
      lab = await makeLab(await open(), { over: { provisioning: modules, descriptors: modules, log } });
      admin = await lab.person('ada', { role: 'administrator' });
      await lab.services.createPool(admin, { name: 'rack', module: 'metal' });
    });
    afterEach(() => lab.close());

    const inService = (id: number) =>
      lab.until(async () => (await lab.services.getNode(admin, id)).state === 'available');

    it('are added by a pattern, each with its own BMC, which is asked who it is when they come into service', async () => {
      const rows = await lab.services.addNewNodes(admin, {
        ...{ ...usual, pattern: 'r[1-3]', mac },
        hardware: { ...hardware, firmware: 'uefi', address: '%.lab.example.org', bmcPort: '6230' },
      });
      assert.deepEqual(
        rows.map(({ name, bmc, problems }) => [name, bmc, problems.join(' ')]),
        [
          ['r1', '10.0.0.11 port 6230', ''],
          ['r2', '10.0.0.12 port 6230', ''],
          ['r3', '10.0.0.13 port 6230', ''],
        ],
      );
      await lab.startDaemon();
      for (const { id = 0 } of rows) await inService(id);
      const second = greeted.find((one) => one?.bmc.host === '10.0.0.12');
      assert.deepEqual(second, {
        bmc: {
          ...{ host: '10.0.0.12', port: 6230, username: 'admin', password: secret },
          ...{ cipher: null, fingerprint: null },
        },
        firmware: 'uefi',
        endpoint: { host: 'r2.lab.example.org', port: 22 },
        inventory: null,
      });
      const node = await lab.services.inspectNode(admin, rows[1]?.id ?? 0);
      const { learnt: _, ...bmc } = found;
      const { askedAt: _at, ...shown } = node.hardware ?? { askedAt: null };
      assert.deepEqual(shown, {
        ...{ bmcHost: '10.0.0.12', bmcPort: 6230, bmcUsername: 'admin', firmware: 'uefi' },
        ...{ address: 'r2.lab.example.org', sshPort: 22, bmc, silentSince: null, troubles: [] },
      });
    });

    it('requirement 9: keep the password sealed, and show it in no answer, no event, no task and no log', async () => {
      const csv = `name,mac,bmcHost,bmcUsername,bmcPassword\nr1,${mac},bmc1,admin,${secret}\n`;
      const rows = await lab.services.addNewNodes(admin, { ...usual, csv });
      const id = rows[0]?.id ?? 0;
      refusal = new BmcError('auth', 'It refused them.');
      await lab.startDaemon();
      await lab.until(async () => (await lab.services.getNode(admin, id)).state === 'failed');
      refusal = null;
      await lab.services.setHardware(admin, id, { firmware: 'uefi' });
      await inService(id);
      const before = greeted.length;
      await lab.services.setHardware(admin, id, { bmcPassword: `${secret}-2` });
      await lab.until(async () => greeted.length > before);
      assert.equal(greeted.at(-1)?.bmc.password, `${secret}-2`);
      assert.equal(greeted.at(-1)?.bmc.cipher, 3, 'what was learnt is kept');
      assert.match(logged.join(), /a task failed/);
      assert.ok(!logged.join().includes(secret));
      assert.ok(!JSON.stringify(rows).includes(secret));
      assert.ok(!JSON.stringify(await lab.services.inspectNode(admin, id)).includes(secret));
      const everything = [];
      for (const table of ['node_hardware', 'nodes', 'events', 'tasks', 'idempotency_keys'])
        everything.push(...(await lab.db.knex(table)));
      assert.ok(!JSON.stringify(everything).includes(secret));
    });

    it('light their lamps for whoever looks for them, whoever has them; other machines have none', async () => {
      const [row] = await lab.services.addNewNodes(admin, { ...usual, pattern: 'r1', mac, hardware });
      const id = row?.id ?? 0;
      await lab.startDaemon();
      await inService(id);
      assert.equal(
        await lab.services.orderNode(admin, id, { action: 'identify' }),
        'Its lamp is lit for four minutes.',
      );
      await lab.until(async () => {
        const [came] = await lab.services.followOrders(admin, [id]);
        return came?.over && came.says === 'Its lamp was lit.';
      });
      assert.deepEqual(lit, ['r1']);
      const [made] = await lab.services.addNewNodes(admin, { ...usual, pool: 'simulator', pattern: 'v1' });
      for (const ask of [lab.services.previewOrder, lab.services.orderNode])
        await assert.rejects(ask(admin, made?.id ?? 0, { action: 'identify' }), /v1 has no lamp/);
    });

    it('have what is wrong with each named', async () => {
      await lab.services.addNewNodes(admin, { ...usual, pattern: 'r1', mac, hardware });
      const rows = [
        'a,52:54:00:00:00:01,10.0.0.11,,admin,x,,,',
        'b,52:54:00:00:00:02,bmc-b,,admin,x,,,',
        'c,52:54:00:00:00:03,BMC-B,,admin,x,,,',
        'd,,10.0.0.14,,admin,x,,,',
        'e,52:54:00:00:00:05,,,,,efi,,',
        'f,52:54:00:00:00:06,10.0.0.999,99999,admin,x,,-x,0',
        'g,52:54:00:00:00:07,::1,623,admin,x,uefi,192.0.2.7,2222',
      ];
      const csv = ['name,mac,bmcHost,bmcPort,bmcUsername,bmcPassword,firmware,address,sshPort', ...rows].join(
        '\n',
      );
      const plan = await lab.services.planNodes(admin, { ...usual, csv });
      assert.deepEqual(
        plan.map(({ name, problems }) => `${name}: ${problems.join(' ')}`),
        [
          'a: The BMC is that of r1.',
          'b: ',
          'c: The BMC stands in line 3 too.',
          'd: The address of its network card is missing: a real machine is known by it when it starts.',
          'e: The firmware is bios or uefi. The address of its BMC is missing. The name for its BMC is missing. The password for its BMC is missing.',
          'f: The BMC is no address and no name of a computer. bmcPort must be a whole number from 1 to 65535. Its own address is no address and no name of a computer. sshPort must be a whole number from 1 to 65535.',
          'g: ',
        ],
      );
      const [made] = await lab.services.planNodes(admin, {
        ...{ ...usual, pool: 'simulator', pattern: 'v1' },
        hardware,
      });
      assert.match(made?.problems.join() ?? '', /^This pool makes its machines itself: they have no BMC/);
    });

    it('whose BMC refuses them are out of order with its sentence, and come into service when it is corrected', async () => {
      refusal = new BmcError(
        'auth',
        'The BMC at 10.0.0.11 refused the name "admin" or its password: correct them.',
      );
      const [row] = await lab.services.addNewNodes(admin, { ...usual, pattern: 'r1', mac, hardware });
      const id = row?.id ?? 0;
      await lab.startDaemon();
      await lab.until(async () => (await lab.services.getNode(admin, id)).state === 'failed');
      assert.match((await lab.services.getNode(admin, id)).failure ?? '', /refused the name "admin"/);
      const { items } = await lab.services.attention(admin);
      assert.ok(
        items.some(({ text }) => /r1.*refused the name/.test(text)),
        JSON.stringify(items),
      );
      refusal = null;
      await lab.services.setHardware(admin, id, { bmcPassword: 'right' });
      await inService(id);
      assert.equal(greeted.at(-1)?.bmc.password, 'right');
    });

    it('are changed as they were shown or not at all, and never get the BMC of another one', async () => {
      const rows = await lab.services.addNewNodes(admin, { ...usual, pattern: 'r[1-2]', mac, hardware });
      const [one = 0, two = 0] = rows.map(({ id }) => id);
      const refused = (typed: object, words: RegExp, version?: number) =>
        assert.rejects(lab.services.setHardware(admin, one, typed, version), (error: LabError) =>
          words.test(error.message),
        );
      await refused({ bmcHost: '10.0.0.12' }, /bmcHost: The BMC is that of r2/);
      await refused({ bmcHost: 'a b' }, /bmcHost: The BMC is no address/);
      await refused({ firmware: 'uefi' }, /Somebody else changed this/, 99);
      await lab.services.setHardware(admin, one, { firmware: 'uefi', address: '192.0.2.1', sshPort: '2201' });
      const { hardware: now } = await lab.services.inspectNode(admin, one);
      assert.deepEqual(
        [now?.firmware, now?.address, now?.sshPort, now?.bmcHost],
        ['uefi', '192.0.2.1', 2201, '10.0.0.11'],
      );
      const student = await lab.person('sam');
      await assert.rejects(lab.services.setHardware(student, two, { firmware: 'uefi' }), /may not do this/);
      const [simulated] = await lab.services.addNewNodes(admin, {
        ...usual,
        pool: 'simulator',
        pattern: 'v1',
      });
      await assert.rejects(lab.services.setHardware(admin, simulated?.id ?? 0, {}), /nothing here/);
    });

    it('leave nothing behind when they are removed', async () => {
      const [row] = await lab.services.addNewNodes(admin, { ...usual, pattern: 'r1', mac, hardware });
      const id = row?.id ?? 0;
      await lab.startDaemon();
      await inService(id);
      await lab.services.orderNode(admin, id, { action: 'delete' });
      await lab.until(async () => (await lab.db.knex('nodes').where({ id })).length === 0);
      assert.deepEqual(await lab.db.knex('node_hardware'), []);
    });
  });
});
