import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTransaction, reading } from '../../db/transaction.ts';
import type { OsModule } from '../../src/domain/contracts/os.ts';
import { newKeyPair } from '../../src/lib/ssh-keys.ts';
import { wakeWatch } from '../../src/services/reservations/change.ts';
import { checkWhole, makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab } from '../helpers/lab.ts';
import { type GuestDisk, recordingOs, sayConnections } from '../helpers/recording-os.ts';
import { addressFile } from '../helpers/test-machines.ts';

/** Machines whose people reach them by addresses of their own: no port of ours is drawn or opened. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  afterEach(() => lab.close());

  it('shows the address that the machine has, the new one after a restart, and none after the end; its keys follow its person', async () => {
    const simulator = { userAddress: 'dhcp', bindAddress: '127.0.0.1' };
    lab = await makeCrashLab(await open(), { nodes: 1, simulator });
    const ann = await lab.person('ann');
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    await lab.reaches(ann, id, 'reserved');

    const [method] = (await lab.services.connect(ann, id, '')).methods;
    assert.deepEqual(
      { ...method, password: '', hostKeys: [] },
      {
        ...{
          method: 'ssh',
          machine: null,
          host: '192.0.2.10',
          port: 22,
          username: 'ann',
          password: '',
          hostKeys: [],
        },
        ...{ command: 'ssh ann@192.0.2.10', localOnly: false },
      },
    );
    const ways = () =>
      reading(lab.db, (reader) =>
        reader.rows<object>('SELECT user_port AS port, user_host AS host FROM allocations'),
      );
    assert.deepEqual(
      (await ways()).map((row) => ({ ...row })),
      [{ port: 22, host: '192.0.2.10' }],
    );

    sayConnections(poolFolder(lab.directory), ['198.51.100.7', '2001:db8::7', '198.51.100.7']);
    await inTransaction(lab.db, (tx) => wakeWatch(tx, id));
    const admin = await lab.person('ada', { role: 'administrator' });
    const cameFrom = async () => {
      const [spell] = await lab.services.whoHadIt(admin, { node: 'sim1', at: Date.now() });
      return spell?.cameFrom.map(({ address, how }) => `${address} ${how}`) ?? [];
    };
    await lab.until(async () => (await cameFrom()).length === 2);
    assert.deepEqual(await cameFrom(), ['198.51.100.7 ssh-told', '2001:db8::7 ssh-told']);
    await untilSettled(lab.db);
    const { addSshKey, keysOnTheirWay, listSshKeys, removeSshKey } = lab.services;
    for (const name of ['laptop', 'lost']) await addSshKey(ann, name, newKeyPair(name).public);
    await lab.until(async () => keysOn(lab)?.length === 2);
    const isGone = await removeSshKey(ann, (await listSshKeys(ann))[1]?.id ?? 0);
    assert.ok(!isGone || keysOn(lab)?.length === 1, 'off the machine when it is said');
    await lab.until(async () => (await keysOnTheirWay(ann)).length === 0);
    assert.equal(keysOn(lab)?.length, 1);
    await untilSettled(lab.db);
    writeFileSync(join(poolFolder(lab.directory), addressFile), '192.0.2.11');
    await lab.services.reboot(ann, id);
    await lab.until(async () => (await lab.services.getReservation(ann, id)).state !== 'reboot');
    assert.equal((await lab.services.connection(ann, id)).methods[0]?.host, '192.0.2.11');

    await lab.services.endReservation(ann, id);
    await lab.reaches(ann, id, 'complete');
    await untilSettled(lab.db);
    assert.deepEqual(
      (await ways()).map((row) => ({ ...row })),
      [{ port: null, host: null }],
    );
    await checkWhole(lab.db, lab.directory);
  });

  it('puts a key on the machine that comes while the way is being opened without it', async () => {
    let meanwhile: (() => Promise<void>) | null = null;
    const recording: OsModule = {
      ...recordingOs,
      async open_access(context, account) {
        await recordingOs.open_access(context, account);
        const change = meanwhile;
        meanwhile = null;
        await change?.();
      },
    };
    lab = await makeCrashLab(await open(), { nodes: 1, over: { os: { recording } } });
    const ann = await lab.person('ann');
    await lab.startDaemon();
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    await lab.reaches(ann, id, 'reserved');
    meanwhile = () => lab.services.addSshKey(ann, 'late', newKeyPair('late').public);
    await lab.services.connect(ann, id, '');
    await lab.until(async () => keysOn(lab)?.length === 1);
    await untilSettled(lab.db);
    assert.deepEqual(await lab.services.keysOnTheirWay(ann), []);
  });
});

/** The SSH keys on the only machine; undefined before it had any. */
function keysOn({ directory }: Lab): readonly string[] | undefined {
  const folder = join(poolFolder(directory), 'guests');
  const [name = ''] = readdirSync(folder);
  return (JSON.parse(readFileSync(join(folder, name), 'utf8')) as GuestDisk).keys;
}
