import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase } from '../../db/connect.ts';
import { eachEngine } from '../helpers/database.ts';
import { freePort } from '../helpers/free-port.ts';
import { labrador, type RunningLabrador } from '../helpers/labrador.ts';
import { simulatedInstallation } from '../helpers/simulated-installation.ts';

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

    it('serve a reservation together, and say where the gateways are', async () => {
      const database = await url();
      await simulatedInstallation(join(folder, 'data'), database);
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
