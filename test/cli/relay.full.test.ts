import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import WebSocket from 'ws';
import { reading } from '../../db/transaction.ts';
import { openDataDirectory } from '../../src/lib/data-directory.ts';
import { arm } from '../../src/services/setup/enrol.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { Screen } from '../daemon/gateway/screen.ts';
import { eachEngine } from '../helpers/database.ts';
import { freePort } from '../helpers/free-port.ts';
import { type Lab, testKey } from '../helpers/lab.ts';
import { labrador, type RunningLabrador } from '../helpers/labrador.ts';
import { makeRealLab } from '../helpers/real-machines.ts';

/** A site and a daemon that share nothing but the database, as on two computers: the machine is in the daemon's place. */
eachEngine((engine, { open, url }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  let ann: SignedIn;
  let far: ReturnType<typeof labrador>;
  let site: ReturnType<typeof labrador>;
  let port: number;
  const running: RunningLabrador[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) if (one.child.exitCode === null) await one.end('SIGKILL');
    await far.run(['stop', '--guests']);
    await lab.close();
  });

  it('reaches a machine of another place through the site, whose restart cuts no shell and no download', async function () {
    this.timeout(120_000);
    await prepare();
    const daemon = await begin(far, /Everything is ready|serves/, 'daemon');
    let web = await begin(site, / is at http/, 'web');
    const { id } = await lab.services.reserve(ann, { image: 'tiny', minutes: 60 });
    await lab.reaches(ann, id, 'reserved');
    await lab.services.connect(ann, id, 'test');

    const ticket = await lab.services.ticket(ann, id, 'terminal', '127.0.0.1');
    await assert.rejects(window(ticket, { origin: 'https://elsewhere.example' }), /403/);
    const first = await window(ticket);
    await first.told('ready');
    await first.run('kept=here');
    await assert.rejects(window(ticket), /401/, 'a used ticket');
    await assert.rejects(window('none'), /401/);

    const sent = await files(
      id,
      { name: 'größe 1.bin' },
      { method: 'PUT', body: Buffer.alloc(6_000_000, 7) },
    );
    assert.equal(sent.status, 201);
    const part = await files(id, { path: 'größe 1.bin' }, { headers: { range: 'bytes=5999990-' } });
    assert.deepEqual([part.status, (await part.arrayBuffer()).byteLength], [206, 10]);
    assert.equal((await files(id, { path: 'none' })).status, 404);

    const download = await slowly(await address('files', id, { path: 'größe 1.bin' }));
    const stopped = web.end('SIGTERM');
    assert.equal(await first.closed(), 1006);
    assert.equal(await download(), 6_000_000);
    assert.equal(await stopped, 0, web.err());

    web = await begin(site, / is at http/, 'web');
    const second = await window(await lab.services.ticket(ann, id, 'terminal', '127.0.0.1'));
    await second.told('ready');
    assert.match(await second.run('echo "it is $kept"'), /it is here/);

    const stopping = daemon.end('SIGTERM');
    assert.equal(await second.closed(), 1001);
    assert.equal(await stopping, 0, daemon.err());
    const late = await lab.services.ticket(ann, id, 'terminal', '127.0.0.1');
    await assert.rejects(window(late), /503/, 'nobody serves the place');
    assert.equal(await web.end('SIGTERM'), 0);
  });

  /** Two data directories with one master key and one database; the machine belongs to the second one's place. */
  async function prepare(): Promise<void> {
    lab = await makeRealLab(await open(), 1);
    ann = await lab.person('ann');
    const folders = ['site', 'far'].map((name) => join(lab.directory, name)) as [string, string];
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'master.key'), testKey, { mode: 0o600 });
    }
    await arm(lab.deps, openDataDirectory(folders[1]), 'far');
    const [place] = await reading(lab.db, (reader) =>
      reader.rows<{ id: number }>("SELECT id FROM places WHERE name = 'far'"),
    );
    for (const table of ['pools', 'nodes']) await lab.db.knex(table).update({ place_id: place?.id });
    port = await freePort();
    const database = { LABRADOR_DATABASE_URL: await url(), LABRADOR_PORT: String(port) };
    site = labrador({ ...database, LABRADOR_DATA: folders[0] });
    const gateway = `127.0.0.1:${await freePort()}`;
    far = labrador({ ...database, LABRADOR_DATA: folders[1], LABRADOR_GATEWAY: gateway });
  }

  async function begin(where: typeof site, says: RegExp, ...args: string[]): Promise<RunningLabrador> {
    const one = where.begin(...args);
    running.push(one);
    await one.says(says);
    return one;
  }

  async function address(
    door: 'terminal' | 'files',
    id: number,
    query: Record<string, string>,
  ): Promise<string> {
    const ticket = await lab.services.ticket(ann, id, door, '127.0.0.1');
    return `http://127.0.0.1:${port}/gateway/${door}?${new URLSearchParams({ ticket, ...query }).toString()}`;
  }

  async function files(id: number, query: Record<string, string>, init?: RequestInit): Promise<Response> {
    return fetch(await address('files', id, query), init);
  }

  function window(ticket: string, headers: Record<string, string> = {}): Promise<Screen> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/gateway/terminal?ticket=${ticket}`, { headers });
    const screen = new Screen(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(screen));
      socket.on('error', reject);
    });
  }

  /** Begins a download and stops reading; what comes back reads it to its end and tells its length. */
  function slowly(from: string): Promise<() => Promise<number>> {
    return new Promise((resolve, reject) => {
      get(from, (response) => {
        resolve(async () => {
          let length = 0;
          for await (const bytes of response) length += (bytes as Buffer).length;
          return length;
        });
      }).once('error', reject);
    });
  }
});
