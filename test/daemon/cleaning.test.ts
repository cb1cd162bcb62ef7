import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inTransaction } from '../../db/transaction.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { checkWhole, makeCrashLab, poolFolder, runUntilSettled, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab } from '../helpers/lab.ts';
import { bytesOf, callsOf, setFault } from '../helpers/test-machines.ts';

const hour = { image: 'simulated', minutes: 60 };

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let admin: SignedIn;
  afterEach(() => lab.close());

  /** One machine with a disk that stays, and Ann's bytes on it. */
  async function annsMachine(): Promise<number> {
    lab = await makeCrashLab(await open(), { nodes: 1, simulator: { disksStay: true } });
    ann = await lab.person('ann');
    admin = await lab.person('admin', { role: 'administrator' });
    const { id } = await lab.services.reserve(ann, hour);
    await runUntilSettled(lab.db, lab.directory);
    await acknowledge(lab.deps, ann, id, 'test');
    await runUntilSettled(lab.db, lab.directory);
    mkdirSync(dirname(disk()), { recursive: true });
    writeFileSync(disk(), 'of Ann');
    return id;
  }
  const disk = () => bytesOf(poolFolder(lab.directory), 'sim1');
  const node = () => lab.services.inspectNode(admin, 1);
  const cleanings = () => callsOf(poolFolder(lab.directory)).filter(({ what }) => what === 'clean').length;

  it('keeps a machine whose cleaning failed from everybody, says what came of its disk, and cleans it when asked (req. 25)', async () => {
    const id = await annsMachine();
    setFault(poolFolder(lab.directory), 'sim1.clean', { kind: 'node_broken', left: 1 });
    await lab.services.endReservation(ann, id);
    await lab.startDaemon();
    const failed = await lab.until(async () => {
      const found = await node();
      return found.state === 'failed' && found;
    });
    assert.deepEqual(
      failed.cleaned?.disks.map(({ name, result, says }) => [name, result, says]),
      [['vda', 'failed', 'it takes no writes']],
    );
    assert.ok(failed.events.some(({ text }) => text === 'Cleaning failed: vda'));
    const ben = await lab.person('ben');
    await assert.rejects(lab.services.reserve(ben, hour), { code: 'reservation.out-of-order' });
    assert.ok(existsSync(disk()), 'its bytes are still there, and nobody else is');

    await lab.services.retryAttention(admin, 'node-1');
    await lab.until(async () => (await node()).state === 'available');
    assert.ok(!existsSync(disk()));
    assert.deepEqual(
      (await node()).cleaned?.disks.map(({ result, method }) => [result, method]),
      [['clean', 'overwritten']],
    );
    await untilSettled(lab.db);
    await checkWhole(lab.db, lab.directory);
  });

  it('leaves the disk to its person through a reinstall, and cleans it after them though they never came back (req. 25)', async () => {
    const id = await annsMachine();
    await lab.services.reinstall(ann, id);
    // As if they had not been in since: the reinstalled machine would be used as it is.
    await runUntilSettled(lab.db, lab.directory);
    assert.ok(existsSync(disk()), 'what lies there is theirs');
    await inTransaction(lab.db, (tx) => tx.table('nodes').update({ tainted: 0 }));
    await lab.services.endReservation(ann, id);
    const before = cleanings();
    await runUntilSettled(lab.db, lab.directory);
    assert.equal((await node()).state, 'available');
    assert.ok(!existsSync(disk()), 'nobody else finds it');
    assert.equal(cleanings(), before + 1);
  });

  it('empties the disk of a machine that is to hold nothing (req. 25)', async () => {
    const id = await annsMachine();
    await lab.services.endReservation(ann, id);
    await inTransaction(lab.db, async (tx) => {
      await tx.table('nodes').update({ preferred_image_id: null, next_image_id: null });
      await tx.table('images').update({ production_revision_id: null });
    });
    await runUntilSettled(lab.db, lab.directory);
    assert.ok(!existsSync(disk()));
    assert.equal((await node()).state, 'available');
  });
});
