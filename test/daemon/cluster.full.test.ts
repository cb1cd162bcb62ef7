import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inTransaction, reading } from '../../db/transaction.ts';
import { findQemus } from '../../modules/provisioning/qemu/guest-process.ts';
import { gatewayDoors } from '../../src/daemon/gateway-doors.ts';
import { wakeWatch } from '../../src/services/reservations/change.ts';
import type { ConnectionView, SignedIn } from '../../src/services/views.ts';
import { makeCrashLab, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { addEnvironment } from '../helpers/environment.ts';
import { type GuestShell, logIn } from '../helpers/guest-ssh.ts';
import type { Lab } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';

/** Two machines that are had together, and a third that is somebody else's: real guests, without root in any network of this computer. */
eachEngine((engine, { open }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  const shells: GuestShell[] = [];
  afterEach(async () => {
    for (const shell of shells.splice(0)) shell.close();
    await lab.close();
  });

  const guests = () => join(lab.directory, 'pools', '2');
  const enter = async ({ port, username, password }: ConnectionView['methods'][number]) => {
    const shell = await logIn({ port, username, password, patience: 120_000 });
    shells.push(shell);
    return async (script: string) => {
      const { output } = await shell.run(`sudo -n sh -c '${script}'`);
      return output.trim();
    };
  };
  const ready = async (me: SignedIn, image: string) => {
    const { id } = await lab.services.reserve(me, { image, minutes: 60 });
    await lab.until(async () => (await lab.services.getReservation(me, id)).state === 'reserved', 900);
    return id;
  };
  const connected = (me: SignedIn, id: number) =>
    lab.until(async () => (await lab.services.connect(me, id, '').catch(() => null)) ?? false, 300);

  it('reach one another by name on every port, and nobody else does', async function () {
    this.timeout(1_800_000);
    lab = await makeRealLab(await open(), 3, { bootSlots: 3 });
    await addImage(lab);
    const admin = await lab.person('admin', { role: 'administrator' });
    const [ann, bob] = [await lab.person('ann'), await lab.person('bob')];
    await lab.services.editImage(admin, 'tiny', { members: [{ role: 'db', image: 'data', machines: 1 }] });
    await lab.startDaemon();
    const [ours, theirs] = await Promise.all([ready(ann, 'tiny'), ready(bob, 'data')]);
    const { methods } = await connected(ann, ours);
    assert.deepEqual(
      methods.map(({ machine }) => machine),
      ['main', 'db'],
    );
    const [main, db] = await Promise.all(methods.map(enter));
    const [stranger] = await Promise.all((await connected(bob, theirs)).methods.map(enter));
    if (!main || !db || !stranger) throw new Error('a machine has no way in');

    const roles = 'main main 10.213.0.1\ndb db 10.213.0.2';
    for (const [name, inside] of [
      ['main', main],
      ['db', db],
    ] as const) {
      assert.equal(await inside('cat /etc/labrador/machines'), roles);
      assert.equal(await inside('cat /etc/labrador/self'), name);
    }
    assert.equal(await stranger('ls /etc/labrador'), 'ls: /etc/labrador: No such file or directory');

    const answers = async (inside: (script: string) => Promise<string>, to: string, port: number) =>
      (await inside(`echo | nc -w 5 ${to} ${port} 2>&1 || true`)).includes(`port ${port}`);
    const listen = (port: number) =>
      `(while true; do echo port ${port} | nc -l -p ${port} -w 20; done) >/dev/null 2>&1 &`;
    const ports = [1, 80, 5432, 65_535];
    for (const port of ports) await db(listen(port));
    await main(listen(7000));
    for (const port of ports) assert.ok(await answers(main, 'db', port), `port ${port} of db`);
    assert.ok(await answers(db, 'main', 7000), 'and the other way');
    assert.match(await main('ping -c 1 -W 10 db'), /1 packets received/);
    assert.match(await main('ping -c 1 -W 10 -s 9000 db'), /1 packets received/, 'in fragments, too');

    // as root, with the same address and card
    await stranger('ip link set eth1 up; ip addr add 10.213.0.9/24 dev eth1');
    assert.match(await stranger('ping -c 2 -W 3 10.213.0.2 || true'), /0 packets received/);
    for (const to of ['10.213.0.1', '10.213.0.2'])
      for (const port of [22, 5432, 7000]) assert.ok(!(await answers(stranger, to, port)));
    assert.match(await main('ping -c 2 -W 3 10.213.0.9 || true'), /0 packets received/);
    // not by the network that they are managed by either
    assert.match(await main('ping -c 1 -W 3 10.0.2.16 || true'), /0 packets received/);

    await db('ip addr flush dev eth1');
    await inTransaction(lab.db, (tx) => wakeWatch(tx, ours));
    await lab.until(
      async () => (await main('ping -c 1 -W 3 db || true')).includes('1 packets received'),
      300,
    );

    const hubs = () => readdirSync(guests()).filter((name) => existsSync(join(guests(), name, 'network')));
    const [lead = ''] = hubs();
    assert.equal((await findQemus(join(guests(), lead))).size, 1, 'one hub, for one reservation');
    await lab.services.endReservation(ann, ours);
    await lab.reaches(ann, ours, 'complete');
    await lab.until(() => Promise.resolve(hubs().length === 0), 600);
    assert.equal((await findQemus(join(guests(), lead))).size, 0);
  });

  it('are each connected to, by SSH and in a terminal of their own', async () => {
    lab = await makeCrashLab(await open(), { nodes: 2 });
    await addEnvironment(lab.db, { id: 2, name: 'data' });
    await inTransaction(lab.db, (tx) => tx.table('images').update({ os_module: 'recording' }));
    const admin = await lab.person('admin', { role: 'administrator' });
    const ann = await lab.person('ann');
    const members = [{ role: 'db', image: 'data', machines: 1 }];
    await lab.services.editImage(admin, 'simulated', { members });
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    await lab.reaches(ann, id, 'reserved');
    const { methods } = await lab.services.connect(ann, id, '');
    assert.deepEqual(
      methods.map(({ machine }) => machine),
      ['main', 'db'],
    );
    assert.equal(new Set(methods.map(({ port }) => port)).size, 2);
    assert.equal(new Set(methods.map(({ password }) => password)).size, 1);

    const doors = gatewayDoors(lab.deps);
    const nodeBehind = async (machine: string | null) => {
      const ticket = await lab.services.ticket(ann, id, 'terminal', '192.0.2.7', machine);
      const holder = await doors.redeemTicket(ticket, 'terminal');
      const access = holder && (await doors.accessOf(holder));
      assert.ok(access !== null && typeof access === 'object');
      return access.hostKeys.join();
    };
    const keys = await reading(lab.db, (reader) =>
      reader.rows<{ host_keys: string }>(
        'SELECT n.host_keys FROM allocations a JOIN nodes n ON n.id = a.node_id WHERE a.released_at IS NULL ORDER BY a.member',
      ),
    );
    const [main, db] = keys.map(({ host_keys }) => (JSON.parse(host_keys) as string[]).join());
    assert.deepEqual(
      [await nodeBehind(null), await nodeBehind('main'), await nodeBehind('db')],
      [main, main, db],
    );
    await assert.rejects(lab.services.ticket(ann, id, 'terminal', '', 'web'), /nothing here/);

    await lab.services.endReservation(ann, id);
    await lab.reaches(ann, id, 'complete');
    await untilSettled(lab.db);
    const free = await reading(lab.db, (reader) =>
      reader.rows("SELECT id FROM nodes WHERE state = 'available' AND tainted = 0"),
    );
    assert.equal(free.length, 2);
  });
});

/** The same system under another name. */
async function addImage(lab: Lab): Promise<void> {
  await inTransaction(lab.db, async (tx) => {
    const [image] = await tx.rows<Record<string, string | number>>(
      "SELECT * FROM images WHERE name = 'tiny'",
    );
    const [revision] = await tx.rows<Record<string, string | number>>(
      'SELECT * FROM image_revisions WHERE image_id = ?',
      [Number(image?.id)],
    );
    const id = 90;
    await tx
      .table('images')
      .insert({ ...image, id, name: 'data', title: 'Data', production_revision_id: id });
    await tx.table('image_revisions').insert({ ...revision, id, image_id: id });
  });
}
