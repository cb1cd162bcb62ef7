import assert from 'node:assert/strict';
import { takeOut } from '../../db/repositories/node-orders.ts';
import { queueTask } from '../../db/repositories/tasks.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab } from '../helpers/lab.ts';
import { crashMachine, setFault } from '../helpers/test-machines.ts';

/** Who looks after machines that went down leaves alone what is off on purpose: captured, or taken out of service. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let id: number;
  afterEach(() => lab.close());

  for (const goOn of [false, true])
    it(`leaves a machine that was not captured yet alone${goOn ? ', though it will be given back' : ''}`, async () => {
      lab = await makeCrashLab(await open(), { nodes: 1 });
      await kept(goOn);
      crashMachine(poolFolder(lab.directory), 'sim1');
      await reconcile();
      assert.equal((await lab.db.knex('tasks').where({ action: 'power' })).length, 0);
      await inTransaction(lab.db, (tx) =>
        queueTask(
          tx,
          { action: 'power', targetType: 'node', targetId: 1, args: { to: 'on', crashed: true } },
          { placeId: 1, nodeId: 1, reservationId: id },
        ),
      );
      lab.db.signals.emit('committed');
      const powers = await lab.until(async () => {
        const tasks = await lab.db.knex('tasks').where({ action: 'power' });
        return tasks.every(({ status }) => status === 'done') && tasks;
      });
      assert.deepEqual(
        powers.map(({ result }) => result),
        ['its disk is being captured'],
      );
      const view = await lab.services.getReservation(ann, id);
      assert.equal(view.state, goOn ? 'checkpoint' : 'image');
      assert.ok(!view.notices.some(({ text }) => /went down/.test(text)));
    });

  it('leaves a machine that is switched off for good to who takes it out of service, with what is on its disk', async () => {
    lab = await makeCrashLab(await open(), { nodes: 1 });
    await lab.startDaemon();
    const node = async () => (await lab.db.knex('nodes'))[0];
    await lab.until(async () => (await node()).revision_id !== null);
    await untilSettled(lab.db);
    await inTransaction(lab.db, (tx) => takeOut(tx, 1, 'off', ''));
    const before = await node();
    crashMachine(poolFolder(lab.directory), 'sim1');
    await reconcile();
    assert.deepEqual(await node(), before);
  });

  /** A capture that did not succeed: the machine is kept. */
  async function kept(goOn: boolean): Promise<void> {
    const person = await lab.person('ann');
    await inTransaction(lab.db, (tx) => tx.table('images').update({ owner_id: person.id }));
    ann = { ...person, role: 'image-admin' };
    await lab.startDaemon();
    ({ id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 }));
    await lab.reaches(ann, id, 'reserved');
    setFault(poolFolder(lab.directory), 'sim1.capture', { kind: 'conflict', left: 1 });
    await lab.services.capture(ann, id, { title: 'Physics lab', goOn });
    await lab.until(async () => (await lab.db.knex('reservations').where({ id }))[0].capture_failure);
    await untilSettled(lab.db);
  }

  async function reconcile(): Promise<void> {
    const due = () => lab.db.knex('tasks').where({ action: 'reconcile', status: 'queued' });
    await inTransaction(lab.db, (tx) =>
      tx.table('tasks').where({ action: 'reconcile' }).update({ run_after: 0 }),
    );
    lab.db.signals.emit('committed');
    await lab.until(async () => (await due()).some(({ run_after }) => Number(run_after) > 0));
  }
});
