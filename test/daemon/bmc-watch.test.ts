import assert from 'node:assert/strict';
import { inTransaction } from '../../db/transaction.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { makeCrashLab, poolFolder, runUntilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab } from '../helpers/lab.ts';
import { pressOff, setBmc } from '../helpers/test-machines.ts';

const hour = { image: 'simulated', minutes: 60 };

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let admin: SignedIn;
  afterEach(() => lab.close());

  /** One machine with a BMC, loaded and idle. */
  async function idleMachine(bmcs: 'observe' | 'enforce'): Promise<void> {
    lab = await makeCrashLab(await open(), { nodes: 1, simulator: { bmcs } });
    admin = await lab.person('admin', { role: 'administrator' });
    await inTransaction(lab.db, (tx) =>
      tx.table('node_hardware').insert({
        ...{ node_id: 1, bmc_host: '10.0.7.1', bmc_username: 'admin', firmware: 'bios', ssh_port: 22 },
        bmc_password: lab.deps.cipher.seal('secret'),
      }),
    );
    await runUntilSettled(lab.db, lab.directory);
    assert.equal((await node()).power, 'on');
  }
  const node = () => lab.services.inspectNode(admin, 1);
  const bmc = (answers: Parameters<typeof setBmc>[2]) => setBmc(poolFolder(lab.directory), 'sim1', answers);
  /** The BMCs are asked once more, and everything that follows is done. */
  async function look(times = 1): Promise<void> {
    for (let time = 0; time < times; time++) {
      await inTransaction(lab.db, (tx) =>
        tx.table('tasks').where({ action: 'watchbmcs' }).update({ run_after: 0 }),
      );
      await runUntilSettled(lab.db, lab.directory);
    }
  }
  const happened = async (pattern: RegExp) =>
    (await node()).events.filter(({ text }) => pattern.test(text)).length;

  const switchOff = () => pressOff(poolFolder(lab.directory));

  it('notes once that an idle machine was switched off behind its back, and switches it on again (req. 14)', async () => {
    await idleMachine('enforce');
    switchOff();
    await look();
    assert.equal((await node()).power, 'on');
    assert.equal(await happened(/Somebody else switched it: it was on, and is off; it is switched on/), 1);
    await look(3);
    assert.equal(await happened(/Somebody else switched it/), 1, 'it does not flap');
  });

  it('takes one that never stays on out of order, and switches it no more until somebody tries it again (req. 14)', async () => {
    await idleMachine('enforce');
    const goesOffAndIsSeen = async (times: number) => {
      for (let time = 0; time < times; time++) {
        switchOff();
        await look();
      }
    };
    const switchedOn = () => happened(/; it is switched on$/);
    await goesOffAndIsSeen(6);
    const { state, power, failure } = await node();
    const sentence = /^It was switched on 3 times in a row and did not stay so: look at its supply/;
    assert.deepEqual([await switchedOn(), state, power], [3, 'failed', 'off']);
    assert.match(failure ?? '', sentence);
    const told = (await lab.services.attention(admin)).items.map(({ id }) => id);
    assert.deepEqual(told, ['node-1'], 'said once');

    await lab.services.retryAttention(admin, 'node-1');
    await runUntilSettled(lab.db, lab.directory);
    assert.deepEqual([(await node()).state, (await node()).power], ['available', 'on']);
    await goesOffAndIsSeen(3);
    assert.deepEqual([await switchedOn(), (await node()).state], [6, 'available'], 'it is another row');
  });

  it('leaves it as it is found where the pool only observes (req. 14)', async () => {
    await idleMachine('observe');
    switchOff();
    await look(3);
    assert.equal((await node()).power, 'off');
    assert.equal((await node()).state, 'available');
    assert.equal(await happened(/^Somebody else switched it: it was on, and is off$/), 1);
  });

  it('takes an idle machine out of order while its BMC is silent, and back by itself (req. 15)', async () => {
    await idleMachine('enforce');
    bmc({ silent: 'The BMC at 10.0.7.1 does not answer.' });
    await look();
    assert.equal((await node()).state, 'available', 'not at the first time');
    await look(3);
    const { state, failure, hardware } = await node();
    assert.deepEqual(
      [state, failure, hardware?.silentSince === null],
      ['failed', 'It cannot be switched: The BMC at 10.0.7.1 does not answer.', false],
    );
    assert.equal(await happened(/Its BMC does not answer/), 1);
    const { items } = await lab.services.attention(admin);
    assert.deepEqual(
      items.map(({ id }) => id),
      ['node-1'],
      'said once',
    );
    bmc({});
    await look(2);
    assert.equal((await node()).state, 'available');
    assert.equal(await happened(/Its BMC answers again, and it is in order/), 1);
    assert.deepEqual((await lab.services.attention(admin)).items, []);
  });

  it('leaves a machine in maintenance that somebody put there, whatever its BMC does (req. 15)', async () => {
    await idleMachine('enforce');
    await lab.services.orderNode(admin, 1, { action: 'maintenance', when: 'after' });
    await runUntilSettled(lab.db, lab.directory);
    assert.equal((await node()).state, 'maintenance');
    bmc({ silent: 'The BMC at 10.0.7.1 does not answer.' });
    await look(3);
    assert.deepEqual(
      (await lab.services.attention(admin)).items.map(({ text }) => text),
      ['The BMC of sim1 does not answer: The BMC at 10.0.7.1 does not answer.'],
    );
    bmc({ troubles: ['Fan 2: 0 RPM (critical)'] });
    await look(2);
    assert.equal((await node()).state, 'maintenance', 'nobody takes it out but people');
    assert.deepEqual(
      (await lab.services.attention(admin)).items.map(({ text }) => text),
      ['The BMC of sim1 says: Fan 2: 0 RPM (critical)'],
    );
  });

  it('gives nobody a machine whose BMC has another account than before its last person (req. 26)', async () => {
    await idleMachine('enforce');
    const ann = await lab.person('ann');
    const useIt = async () => {
      const { id } = await lab.services.reserve(ann, hour);
      await runUntilSettled(lab.db, lab.directory);
      await acknowledge(lab.deps, ann, id, 'test');
      await runUntilSettled(lab.db, lab.directory);
      await lab.services.endReservation(ann, id);
      await runUntilSettled(lab.db, lab.directory);
    };
    await useIt();
    assert.equal((await node()).state, 'available', 'what it has is known now');
    const accounts = ['2 admin, ADMINISTRATOR, enabled', '3 backdoor, ADMINISTRATOR, enabled'];
    const audit = { accounts, boot: null, version: '6.10' };
    bmc({ audit });
    await useIt();
    const { state, failure } = await node();
    assert.equal(state, 'failed');
    assert.match(failure ?? '', /it has the account "3 backdoor, ADMINISTRATOR, enabled", which it had not/);
    assert.equal(await happened(/Its BMC is not as it was: it has the account "3 backdoor/), 1);
    await assert.rejects(lab.services.reserve(ann, hour));

    // Once it is gone the machine comes back when it is tried again.
    bmc({});
    await lab.services.retryAttention(admin, 'node-1');
    await runUntilSettled(lab.db, lab.directory);
    assert.equal((await node()).state, 'available');
  });
});
