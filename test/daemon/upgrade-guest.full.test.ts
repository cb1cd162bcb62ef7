import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, migrate } from '../../db/connect.ts';
import { migrating, migrationNames } from '../../db/migrations/index.ts';
import { schemaOf } from '../../db/repositories/dump.ts';
import { reading } from '../../db/transaction.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { eachEngine } from '../helpers/database.ts';
import { type GuestShell, logIn } from '../helpers/guest-ssh.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';

/** The schema before, as its program left it, with a machine that somebody works on. */
eachEngine((_engine, { open }) => {
  let db: Database;
  let lab: Lab;
  afterEach(() => lab.close());

  it('upgrades under a guest that runs: its person has the same machine, files and login afterwards', async function () {
    this.timeout(600_000);
    db = await open();
    lab = await makeRealLab(db, 1);
    const old = await lab.startDaemon();
    const ann = await lab.person('ann');
    const { id } = await lab.services.reserve(ann, { image: 'tiny', minutes: 60 });
    await lab.until(async () => (await lab.services.getReservation(ann, id)).state === 'reserved', 240);
    const before = await shellOf(ann, id);
    await before.run('echo mine >kept; sync; sleep 100000 & true');
    const pid = qemuPid();
    await old.stop();

    await db.knex.migrate.down(migrating);
    assert.deepEqual(await reading(db, schemaOf), migrationNames.slice(0, -1));
    assert.equal((await before.run('cat kept')).output, 'mine\n', 'it goes on without any daemon');
    await migrate(db);

    const looks = await compared();
    await lab.startDaemon();
    await lab.until(async () => (await compared()) > looks, 120);
    assert.equal(qemuPid(), pid, 'the same guest');
    assert.equal((await before.run('cat kept')).output, 'mine\n', 'the login of before goes on');
    const after = await shellOf(ann, id);
    assert.equal(after.hostKey, before.hostKey);
    assert.equal((await after.run('cat kept')).output, 'mine\n');
    for (const shell of [before, after]) shell.close();

    await lab.services.extend(ann, id, 15);
    await lab.services.endReservation(ann, id);
    await lab.until(async () => (await lab.services.getReservation(ann, id)).state === 'complete', 240);
    await checkBooks(db);
  });

  async function shellOf(me: SignedIn, id: number): Promise<GuestShell> {
    const { methods } = await lab.services.connect(me, id, '127.0.0.1');
    const [method] = methods;
    assert.ok(method);
    const { port, username, password } = method;
    return logIn({ port, username, password, patience: 120_000 });
  }

  function qemuPid(): number {
    const pool = join(lab.directory, 'pools', '2');
    return Number(readFileSync(join(pool, readdirSync(pool)[0] ?? '', 'qemu.pid'), 'utf8'));
  }

  /** How often machines were compared with the books. */
  async function compared(): Promise<number> {
    const row = await db.knex('tasks').where({ action: 'reconcile' }).orderBy('id', 'desc').first();
    return Number(row?.claim_epoch ?? 0);
  }
});
