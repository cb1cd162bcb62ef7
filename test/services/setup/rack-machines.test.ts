import assert from 'node:assert/strict';
import type { Database } from '../../../db/connect.ts';
import type { ServiceDeps } from '../../../src/services/deps.ts';
import { type RackMachine, setRackMachines } from '../../../src/services/setup/rack-machines.ts';
import { eachEngine } from '../../helpers/database.ts';
import { serviceDeps } from '../../helpers/service-deps.ts';

const password = 'correct-horse-7';
const macs = ['02:00:00:00:00:01', '02:00:00:00:00:02'];

function machine(number: number): RackMachine {
  const host = '127.0.0.1';
  return {
    ...{ name: `rack${number}`, mac: `02:00:00:00:00:0${number}`, cpus: 2, memoryMb: 512, diskMb: 2048 },
    hardware: {
      bmc: { host, port: 24_000 + number, username: 'admin', password, cipher: null, fingerprint: null },
      firmware: 'bios',
      endpoint: { host, port: 25_000 + number },
    },
  };
}

describe('a rack of machines made of software', () => {
  eachEngine((_engine, { open }) => {
    const setTo = (db: Database, module: string, ...numbers: number[]) =>
      setWith(serviceDeps(db), module, numbers);
    const setWith = (deps: ServiceDeps, module: string, numbers: number[], untold: number[] = []) =>
      setRackMachines(deps, {
        ...{ installation: 'lab1', placeId: 1, module, settings: {} },
        ...{ machines: numbers.map(machine), untold: untold.map(machine) },
      });
    const pools = async (db: Database) =>
      await db
        .knex('pools')
        .leftJoin('nodes', 'nodes.pool_id', 'pools.id')
        .whereIn('pools.name', ['rack', 'rack-redfish'])
        .orderBy(['pools.id', 'nodes.id'])
        .select('pools.name as pool', 'module', 'nodes.name as node');

    it('is a pool of machines, each with its BMC, whose password is sealed; twice is once', async () => {
      const db = await open();
      const deps = serviceDeps(db);
      assert.deepEqual(await setWith(deps, 'ipmi', [1, 2]), [macs[0], macs[1]]);
      assert.deepEqual(await setWith(deps, 'ipmi', [1, 2]), [macs[0], macs[1]]);
      const hardware = await db.knex('node_hardware').orderBy('node_id');
      assert.deepEqual(
        hardware.map((row) => [row.bmc_port, row.ssh_port]),
        [
          [24_001, 25_001],
          [24_002, 25_002],
        ],
      );
      assert.equal(deps.cipher.open(hardware[0].bmc_password), password);
      assert.doesNotMatch(JSON.stringify(hardware), new RegExp(password));
    });

    it('leaves nodes of machines alone that it was not told of, and makes none for them', async () => {
      const db = await open();
      const deps = serviceDeps(db);
      await setWith(deps, 'ipmi', [1, 2]);
      await db.knex('nodes').where({ name: 'rack2' }).update({ name: 'found' });
      assert.deepEqual(await setWith(deps, 'ipmi', [1], [2, 3]), [macs[0], macs[1]]);
      assert.deepEqual(
        (await pools(db)).map(({ node }) => node),
        ['rack1', 'found'],
      );
      assert.deepEqual(await setWith(deps, 'ipmi', []), []);
    });

    it('is loaded first with the image that each machine can start, which is offered with it', async () => {
      const db = await open();
      const byUefi = machine(2);
      const set = (...machines: RackMachine[]) =>
        setRackMachines(serviceDeps(db), {
          ...{ installation: 'lab1', placeId: 1, module: 'ipmi', settings: {}, untold: [] },
          machines,
        });
      await set(machine(1), { ...byUefi, hardware: { ...byUefi.hardware, firmware: 'uefi' } });
      const first = await db
        .knex('nodes')
        .join('images', 'images.id', 'nodes.preferred_image_id')
        .where('nodes.name', 'like', 'rack%')
        .orderBy('nodes.id')
        .pluck('images.name');
      assert.deepEqual(first, ['tiny-metal', 'tiny-metal-uefi']);
      await set(machine(1));
      const gone = await db.knex('images').whereNotNull('deleted_at').pluck('name');
      assert.deepEqual(gone, ['tiny-metal-uefi']);
    });

    it('has a pool for each protocol that its BMCs speak', async () => {
      const db = await open();
      await setTo(db, 'ipmi', 1);
      assert.deepEqual(await setTo(db, 'ipmi'), []);
      assert.deepEqual(await setTo(db, 'redfish', 1), [macs[0]]);
      assert.deepEqual(await pools(db), [
        { pool: 'rack', module: 'ipmi', node: null },
        { pool: 'rack-redfish', module: 'redfish', node: 'rack1' },
      ]);
    });
  });
});
