import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../../db/connect.ts';
import { createCipher } from '../../src/lib/cipher.ts';
import { openDataDirectory } from '../../src/lib/data-directory.ts';
import { enrol } from '../../src/services/setup/enrol.ts';
import { setSimulatedMachines } from '../../src/services/setup/simulated-machines.ts';
import { eachEngine } from '../helpers/database.ts';
import { freePort } from '../helpers/free-port.ts';
import { labrador, type RunningLabrador } from '../helpers/labrador.ts';
import { serviceDeps } from '../helpers/service-deps.ts';

describe('web and daemon in processes of their own', function () {
  this.timeout(120_000);

  eachEngine((_engine, { url }) => {
    let folder: string;
    const running: RunningLabrador[] = [];
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'labrador-apart-'));
    });
    afterEach(async () => {
      for (const one of running.splice(0)) if (one.child.exitCode === null) await one.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });

    /** An installation that has simulated machines and nothing that would be built. */
    async function simulated(databaseUrl: string): Promise<void> {
      const data = openDataDirectory(join(folder, 'data'));
      const db = connectDatabase(databaseUrl);
      await migrate(db);
      const deps = serviceDeps(db, { cipher: createCipher(data.masterKey) });
      const { installation, placeId } = await enrol(deps, data, { placeName: 'here', totalMemoryMb: 4096 });
      await db.knex('images').delete();
      for (const table of ['nodes', 'tasks', 'occupancy']) await db.knex(table).delete();
      const file = {
        image_id: 999,
        number: 1,
        format: 'qcow2',
        file: '/none',
        size_bytes: 0,
        virtual_bytes: 0,
      };
      await db.knex('images').insert({
        ...{ id: 999, name: 'tiny', title: 'Tiny', description: '', notes: '', icon: '', os_module: 'linux' },
        ...{ created_at: 0, deleted_at: 1, production_revision_id: 999 },
      });
      await db.knex('image_revisions').insert({ id: 999, ...file, system: '{}', created_at: 0 });
      await setSimulatedMachines(deps, installation, placeId, 3);
      await db.close();
    }

    it('serve a reservation together, and say where the gateways are', async () => {
      const database = await url();
      await simulated(database);
      const site = async () => {
        const port = String(await freePort());
        const env = {
          LABRADOR_DATA: join(folder, 'data'),
          LABRADOR_DATABASE_URL: database,
          LABRADOR_PORT: port,
        };
        return { ...env, LABRADOR_URL: `http://127.0.0.1:${port}` };
      };
      const [first, second] = [await site(), await site()];
      const { out: token } = await labrador(first).run(['token', 'create', '--user', 'student']);
      const me = { LABRADOR_TOKEN: token.trim() };

      const webs = [labrador(first).begin('web'), labrador(second).begin('web')];
      running.push(...webs);
      for (const web of webs) await web.says(/ is at http/);
      const door = `${first.LABRADOR_URL}/gateway/files?ticket=x`;
      assert.equal((await fetch(door)).status, 401);

      const daemons = [labrador(first).begin('daemon'), labrador(first).begin('daemon', '--name', 'second')];
      running.push(...daemons);
      for (const daemon of daemons) await daemon.says(/Everything is ready/);
      const gateways = async () => {
        const db = connectDatabase(database);
        const rows = await db.knex('gateways').orderBy('name').pluck('address');
        await db.close();
        return rows.map((address: string) => address.replace(folder, ''));
      };
      const sockets = ['main', 'second'].map((name) => `unix:/data/gateway-${name}.sock`);
      assert.deepEqual(await gateways(), sockets);

      assert.match((await labrador({ ...first, ...me }).run(['reserve', 'simulated'])).out, /^1 /);
      const listed = async () => (await labrador({ ...second, ...me }).run(['list'])).out;
      while (!/reserved/.test(await listed()));
      assert.match((await labrador({ ...second, ...me }).run(['end', '1'])).out, /has ended/);

      for (const one of [...webs, ...daemons]) assert.equal(await one.end('SIGTERM'), 0, one.err());
      assert.deepEqual(await gateways(), []);
    });
  });
});
