import assert from 'node:assert/strict';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction } from '../../../db/transaction.ts';
import type { TaskView } from '../../../src/services/administration-views.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { makeCrashLab, poolFolder } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab } from '../../helpers/lab.ts';
import { callsOf, setFault } from '../../helpers/test-machines.ts';

const firstPage = { sort: 'state', descending: false, offset: 0, limit: 100 } as const;

describe('tasks', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeCrashLab(await open(), { nodes: 2 });
      admin = await lab.person('ada', { role: 'administrator' });
    });
    afterEach(() => lab.close());

    const all = async (filter = {}) => (await lab.services.findTasks(admin, { ...firstPage, filter })).items;
    const queue = (action: 'reload' | 'power', node: number, parentId?: number) =>
      inTransaction(lab.db, (tx) => {
        const parent = parentId === undefined ? {} : { parentId };
        const task = { action, targetType: 'node' as const, targetId: node, ...parent };
        return queueTask(tx, task, { placeId: 1, nodeId: node });
      });
    const set = (id: number, row: object) => lab.db.knex('tasks').where({ id }).update(row);
    const ended = (id: number) =>
      lab.until(async () => {
        const task = await lab.services.getTask(admin, id);
        return task.endedAt !== null && task;
      });

    it('are listed by what they do, what runs first, and found by node, state and action', async () => {
      const done = await queue('reload', 1);
      await set(done, { status: 'done', open_key: null, ended_at: 1 });
      const waits = await queue('reload', 2);
      const runs = await queue('power', 1);
      await set(runs, { status: 'running' });
      const ids = async (filter = {}, part = {}) => {
        const found = await lab.services.findTasks(admin, { ...firstPage, ...part, filter });
        return found.items.map(({ id }: TaskView) => id);
      };
      assert.deepEqual(await ids(), [runs, waits, done]);
      assert.deepEqual(await ids({}, { offset: 1, limit: 1 }), [waits]);
      assert.deepEqual(await ids({}, { offset: 1, limit: 9 }), [waits, done]);
      assert.deepEqual(await ids({ node: 'sim1' }), [runs, done]);
      assert.deepEqual(await ids({ state: 'queued' }), [waits]);
      assert.deepEqual(await ids({ action: 'reload' }, { sort: 'id', descending: true }), [waits, done]);
      const { total, states } = await lab.services.findTasks(admin, {
        ...firstPage,
        filter: { state: 'done' },
      });
      assert.equal(total, 1);
      assert.equal(states.find(({ state }) => state === 'running')?.count, 1);
      const ann = await lab.person('ann');
      await assert.rejects(lab.services.getTask(ann, done), { code: 'not-allowed' });
    });

    it('stand in their tree with what all of it told', async () => {
      const parent = await queue('power', 1);
      const child = await queue('reload', 1, parent);
      const { tree } = await lab.services.getTask(admin, child);
      assert.deepEqual(
        tree.map(({ id, depth }) => [id, depth]),
        [
          [parent, 0],
          [child, 1],
        ],
      );
      await lab.startDaemon();
      const { log } = await ended(child);
      assert.ok(log.some(({ taskId, kind }) => taskId === child && kind === 'progress'));
    });

    it('needs nobody any more when it was a capture that was tried again, or given up', async () => {
      const ann = { ...(await lab.person('ann')), role: 'image-admin' } as const;
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.startDaemon();
      await lab.reaches(ann, id, 'reserved');
      setFault(poolFolder(lab.directory), 'sim1.capture', { kind: 'unsatisfiable', left: 2 });
      setFault(poolFolder(lab.directory), 'sim2.capture', { kind: 'unsatisfiable', left: 2 });
      const needs = async () => (await lab.services.attention(admin)).items.map(({ kind }) => kind);
      const fails = () => lab.until(async () => (await needs()).includes('capture'));
      await lab.services.capture(ann, id, { title: 'Physics lab', goOn: true });
      await fails();
      assert.deepEqual(await needs(), ['capture'], 'once, not as work too');
      await lab.services.giveUpCapture(ann, id);
      await lab.until(async () => (await needs()).length === 0);
    });

    it('is stopped in the middle: the machine is out of order until it is tried again', async () => {
      setFault(poolFolder(lab.directory), 'sim1', { kind: 'hang', left: 1 });
      await lab.db.knex('nodes').where({ id: 1 }).update({ revision_id: null, tainted: 1 });
      const id = await queue('reload', 1);
      await lab.startDaemon();
      await lab.until(async () =>
        callsOf(poolFolder(lab.directory)).some(({ what }) => what === 'load begins'),
      );
      assert.match((await lab.services.getTask(admin, id)).stop, /out of order until/);
      await lab.services.stopTask(admin, id);
      const stopped = await ended(id);
      assert.equal(stopped.state, 'failed');
      assert.equal(stopped.result, 'An administrator stopped it.');
      assert.equal((await lab.services.getNode(admin, 1)).state, 'failed');
      await assert.rejects(lab.services.stopTask(admin, id), { code: 'task.ended' });
      const { taskId } = await lab.services.retryTask(admin, id);
      assert.equal((await ended(taskId)).state, 'done');
      assert.equal((await lab.services.getNode(admin, 1)).state, 'available');
      await assert.rejects(lab.services.retryTask(admin, taskId), { code: 'task.no-retry' });
      await checkBooks(lab.db);
    });

    it('of a reservation that an administrator ends tell its person why', async () => {
      const ann = await lab.person('ann');
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.services.endReservation(admin, id, 'The room is needed.');
      const { notices } = await lab.services.getReservation(ann, id);
      assert.match(notices[0]?.text ?? '', /ada ended it: The room is needed/);
    });

    it('is not stopped where that would leave something undone', async () => {
      const ann = await lab.person('ann');
      await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start: Date.now() + 9e7 });
      const [waits] = await all({ action: 'new' });
      assert.equal(waits?.can.stop, false);
      await assert.rejects(lab.services.stopTask(admin, waits?.id ?? 0), /end the reservation instead/);
    });
  });
});
