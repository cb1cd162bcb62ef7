import assert from 'node:assert/strict';
import { keepConsole } from '../../../db/repositories/load-consoles.ts';
import { endLoad, followLoad, openLoad } from '../../../db/repositories/loads.ts';
import { inTransaction } from '../../../db/transaction.ts';
import type { LabError } from '../../../src/domain/errors.ts';
import type { LoadView, SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

const all = { sort: 'at', descending: true, offset: 0, limit: 50 } as const;
const simulated = { imageId: 1, name: 'simulated-v1' };
const sum = ({ phases }: LoadView) => phases.reduce((ms, { milliseconds }) => ms + milliseconds, 0);

describe('loads', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    let ann: SignedIn;
    const begin = async (simulator: Readonly<Record<string, unknown>> = {}) => {
      lab = await makeLab(await open(), { nodes: 1, simulator });
      admin = await lab.person('ada', { role: 'administrator' });
      ann = await lab.person('ann');
    };
    afterEach(async () => {
      await checkBooks(lab.db);
      await lab.close();
    });
    const loads = async (filter: Parameters<Lab['services']['findLoads']>[1]['filter'] = {}) =>
      (await lab.services.findLoads(admin, { ...all, filter })).items;

    it('keep the phases they went through, which are all of their time, for whoever it was and in the list (req. 30)', async () => {
      await begin();
      // first the booking: a daemon that is alone with an empty machine may load it by itself
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.startDaemon();
      await lab.reaches(ann, id, 'reserved');
      const [load] = await lab.services.loadsFor(ann, id);
      assert.ok(load);
      assert.deepEqual(
        load.phases.map(({ phase }) => phase),
        ['prepare', 'power', 'boot', 'check'],
      );
      assert.equal(sum(load), load.milliseconds);
      assert.deepEqual(
        [load.outcome, load.image, load.why, load.reservation, load.node.name],
        ['loaded', 'simulated-v1', 'for a booking', { id, user: 'ann' }, 'sim1'],
      );
      assert.deepEqual(await lab.services.getLoad(admin, load.id), load);
      assert.deepEqual(await loads({ node: 'sim1', image: 'simulated', outcome: 'loaded' }), [load]);
      assert.deepEqual(await loads({ outcome: 'failed' }), []);
      assert.deepEqual((await lab.services.inspectNode(admin, 1)).loads, [load]);
      const bob = await lab.person('bob');
      const refused = (code: string) => (error: LabError) => error.code === code;
      await assert.rejects(lab.services.loadsFor(bob, id), refused('not-found'));
      await assert.rejects(lab.services.findLoads(bob, { ...all, filter: {} }), refused('not-allowed'));
    });

    it('that fail keep how far they came and why; the next try is one of its own', async () => {
      await begin({ failureRate: 1, failureKinds: ['node_broken'] });
      await lab.startDaemon();
      await lab.services.orderNode(admin, 1, { action: 'reload' });
      const failed = await lab.until(async () => (await loads({ outcome: 'failed' }))[0] ?? null);
      assert.match(failed.failure ?? '', /^The simulated machine failed while /);
      assert.equal(sum(failed), failed.milliseconds);
    });

    it('tell of a phase that took twice as long as it does on such machines (req. 30)', async () => {
      await begin();
      /** One that was so many seconds in its firmware. */
      const load = (task: number, seconds: number) =>
        inTransaction(lab.db, async (tx) => {
          const began = tx.now - seconds * 1_000;
          await openLoad(tx, 1, { id: task, action: 'reload', reservation_id: null }, simulated);
          await tx.table('loads').where({ task_id: task }).update({ began_at: began });
          await followLoad(tx, task, { step: 'on', phase: 'firmware', agoMs: seconds * 1_000 });
          await endLoad(tx, task, null);
        });
      for (let task = 1; task <= 5; task++) await load(task, 17);
      await load(6, 33);
      await load(7, 34);
      const [seventh, sixth] = await loads({ slower: true });
      assert.equal(sixth, undefined);
      assert.deepEqual(seventh?.slower, [{ phase: 'firmware', milliseconds: 34_000, usual: 17_000 }]);
      const { events } = await lab.services.inspectNode(admin, 1);
      assert.equal(
        events[0]?.text,
        'Loading simulated-v1 took longer than usual: Firmware 34 s instead of 17 s',
      );
    });

    it('that stay in a phase twice as long as usual need a person, until they come to the next', async () => {
      await begin();
      const began = (task: number, seconds: number) =>
        inTransaction(lab.db, async (tx) => {
          await openLoad(tx, 1, { id: task, action: 'reload', reservation_id: null }, simulated);
          await tx
            .table('loads')
            .where({ task_id: task })
            .update({ began_at: tx.now - seconds * 1_000 });
          await followLoad(tx, task, { step: 'on', phase: 'write', agoMs: seconds * 1_000 });
        });
      const items = async () => (await lab.services.attention(admin)).items;
      for (let task = 1; task <= 5; task++) {
        await began(task, 40);
        await inTransaction(lab.db, (tx) => endLoad(tx, task, null));
      }
      await began(6, 75);
      assert.deepEqual(await items(), []);
      lab.db.clockOffset += 50_000;
      const [item, ...others] = await items();
      assert.deepEqual(others, []);
      assert.match(
        item?.text ?? '',
        /^Loading simulated-v1 on sim1 has been at Writing for \d min, which takes 4\d s otherwise\. Look at its disk/,
      );
      assert.equal(await lab.services.countAttention(admin), 1);
      await inTransaction(lab.db, (tx) => followLoad(tx, 6, { step: 'up', phase: 'boot' }));
      assert.deepEqual(await items(), []);
    });

    it('keep what the console said, of the last ten of a node, for administrators alone (req. 30)', async () => {
      await begin();
      for (let task = 1; task <= 12; task++)
        await inTransaction(lab.db, async (tx) => {
          await openLoad(tx, 1, { id: task, action: 'reload', reservation_id: null }, simulated);
          await keepConsole(tx, task, Buffer.from(`iPXE ${task}\r\n`));
          await endLoad(tx, task, null);
        });
      const kept = await loads();
      const said = await Promise.all(kept.map(({ id }) => lab.services.loadConsole(admin, id)));
      assert.deepEqual(
        said.map((one) => one?.toString() ?? null),
        [...Array.from({ length: 10 }, (_, index) => `iPXE ${12 - index}\r\n`), null, null],
      );
      const refused = (error: LabError) => error.code === 'not-allowed';
      await assert.rejects(lab.services.loadConsole(ann, kept[0]?.id ?? 0), refused);
    });

    it('that were left open are over when the next one of the node begins', async () => {
      await begin();
      const open = (task: number) =>
        inTransaction(lab.db, (tx) =>
          openLoad(tx, 1, { id: task, action: 'reload', reservation_id: null }, simulated),
        );
      for (const task of [1, 1, 2]) await open(task);
      const [second, first, ...none] = await loads();
      assert.deepEqual([second?.outcome, first?.outcome, none.length], ['running', 'failed', 0]);
    });
  });
});
