import assert from 'node:assert/strict';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import type { SeenMachine } from '../../../src/domain/contracts/bare-metal.ts';
import type { ProvisioningModule } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const usual = { pool: 'rack', image: 'simulated', cpus: 1, memoryMb: 256, diskMb: 1024 };
const hardware = { bmcHost: '10.0.0.11', bmcUsername: 'admin', bmcPassword: 'correct-horse-7' };
const [stranger, printer] = ['52:54:00:00:00:11', '00:1b:a9:77:20:e1'] as const;

describe('machines that are discovered by their first start from the network', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    let seen: SeenMachine[];
    let broken: boolean;

    beforeEach(async () => {
      seen = [];
      broken = false;
      const { simulator } = provisioning;
      const metal: ProvisioningModule = {
        ...(simulator as unknown as ProvisioningModule),
        ...{ id: 'metal', title: 'Metal', bareMetal: true },
        async list_seen() {
          if (broken) throw new ModuleError('failed', 'The image server does not start');
          return seen;
        },
      };
      const modules = { ...provisioning, metal };
      lab = await makeLab(await open(), { over: { provisioning: modules, descriptors: modules } });
      admin = await lab.person('ada', { role: 'administrator' });
      await lab.services.createPool(admin, { name: 'rack', module: 'metal' });
    });
    afterEach(() => lab.close());

    const see = (mac: string, times = 1) => {
      const others = seen.filter((one) => one.mac !== mac);
      seen = [...others, { mac, firstAt: 1_000, lastAt: 1_000 * times, times }];
    };
    const listed = async () => (await lab.services.listDiscovered(admin, { limit: 100 })).items;
    const untilListed = (...macs: string[]) =>
      lab.until(async () => (await listed()).map(({ mac }) => mac).join() === macs.join());

    it('are listed, told of once, and in service as soon as somebody has named them', async () => {
      see(stranger);
      await lab.startDaemon();
      await untilListed(stranger);
      see(stranger, 2);
      await lab.until(async () => (await listed())[0]?.times === 2);
      const told = await lab.db.knex('events').where({ kind: 'discovered' });
      assert.deepEqual(
        told.map(({ data }) => JSON.parse(data)),
        [{ mac: stranger, pool: 'rack' }],
      );

      assert.equal((await lab.services.findNodes(admin, { filter: {}, ...list })).discovered, 1);
      const [row] = await lab.services.addNewNodes(admin, {
        ...{ ...usual, pattern: 'found', mac: stranger, hardware },
      });
      await untilListed();
      await lab.until(async () => (await lab.services.getNode(admin, row?.id ?? 0)).state === 'available');
      assert.equal((await lab.services.findNodes(admin, { filter: {}, ...list })).discovered, 0);
      const [again] = await lab.services.planNodes(admin, { ...usual, pattern: 'other', mac: stranger });
      assert.match(again?.problems.join() ?? '', /The address is that of found\./);
    });

    it('stay ignored once somebody said so, until that is taken back', async () => {
      see(printer);
      await lab.startDaemon();
      await untilListed(printer);
      const [one] = await listed();
      await lab.services.ignoreMachine(admin, one?.id ?? 0, true);
      see(printer, 5);
      await lab.until(async () => (await listed())[0]?.times === 5);
      assert.equal((await listed())[0]?.ignored, true);
      await lab.services.ignoreMachine(admin, one?.id ?? 0, false);
      assert.equal((await listed())[0]?.ignored, false);
      await assert.rejects(lab.services.ignoreMachine(admin, 99, true), { code: 'not-found' });
    });

    it('are those that the network still remembers, and no fewer while it does not answer', async () => {
      see(printer);
      see(stranger);
      await lab.startDaemon();
      await untilListed(printer, stranger);
      broken = true;
      const looks = await looksSoFar();
      await lab.until(async () => (await looksSoFar()) > looks + 2);
      assert.equal((await listed()).length, 2);
      broken = false;
      seen = seen.filter(({ mac }) => mac === stranger);
      await untilListed(stranger);
    });

    /** Each look is a claim of the task. */
    const looksSoFar = async () =>
      Number((await lab.db.knex('tasks').where({ action: 'discover' }).first())?.claim_epoch ?? 0);
  });
});

const list = { sort: 'name', descending: false, offset: 0, limit: 10 } as const;
