import assert from 'node:assert/strict';
import { inTransaction } from '../../../db/transaction.ts';
import type { LabError } from '../../../src/domain/errors.ts';
import { minute } from '../../../src/domain/time.ts';
import type { NodeOrder } from '../../../src/services/services.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

describe('orders to nodes', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    let ann: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 2 });
      admin = await lab.person('ada', { role: 'administrator' });
      ann = await lab.person('ann');
    });
    afterEach(async () => {
      await checkBooks(lab.db);
      await lab.close();
    });

    const node = (id: number) => lab.services.inspectNode(admin, id);
    const order = (id: number, what: NodeOrder) => lab.services.orderNode(admin, id, what);
    const comesTo = (id: number, ...states: string[]) =>
      lab.until(async () => {
        const found = await node(id);
        return states.includes(found.state) && !found.work && found;
      });
    const refused = async (work: Promise<unknown>, code: string, words = /./) =>
      assert.rejects(work, (error: LabError) => {
        assert.equal(error.code, code);
        return words.test(error.message);
      });

    /** Ann has a node, and another booking of hers lies on it. */
    async function held() {
      await lab.startDaemon();
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.reaches(ann, id, 'reserved');
      const [row] = await lab.db.knex('allocations').where({ reservation_id: id });
      return { reservation: id, at: Number(row.node_id) };
    }

    it('name who has it, and wait for them; nothing else begins on it and its bookings move', async () => {
      const { reservation, at } = await held();
      const bob = await lab.person('bob');
      const start = (await node(at)).now + 3 * 60 * minute;
      for (let i = 0; i < 2; i++) await lab.services.reserve(bob, { image: 'simulated', minutes: 60, start });
      for (const action of ['power-off', 'reset', 'reload', 'maintenance', 'delete'] as const)
        await refused(order(at, { action }), 'node.held', /ann has sim\d for another/);
      const says = await order(at, { action: 'maintenance', when: 'after', reason: 'A new disk' });
      assert.match(
        says,
        /^It goes into maintenance after the reservation of ann, in .* Its coming booking is moved\.$/,
      );
      const waiting = await node(at);
      assert.deepEqual(
        [waiting.state, waiting.leaves, waiting.because],
        ['reserved', 'maintenance', 'A new disk'],
      );
      assert.equal(waiting.outFrom, waiting.schedule[0]?.until, 'drawn from the end of their hold on');
      const told = await lab.services.listEvents(admin, { limit: 1, filter: { kind: 'node-order' } });
      assert.equal(told.items[0]?.text, 'Maintenance after this reservation: A new disk.');
      const came = async () => (await lab.services.followOrders(admin, [at]))[0];
      assert.match((await came())?.says ?? '', /^It goes into maintenance after the reservation of ann, in /);
      assert.equal((await lab.services.getReservation(ann, reservation)).state, 'reserved');
      await refused(
        lab.services.reserve(bob, { image: 'simulated', minutes: 60, start }),
        'reservation.maintenance',
      );
      await lab.services.endReservation(ann, reservation);
      const out = await comesTo(at, 'maintenance');
      assert.equal(out.tainted, false);
      assert.deepEqual(await came(), {
        ...{ nodeId: at, state: 'maintenance', says: 'It is in maintenance.', over: true },
      });
      assert.ok((out.outFrom ?? 0) <= out.now);
      await order(at, { action: 'service' });
      assert.equal((await comesTo(at, 'available')).leaves, null);
      assert.deepEqual([(await came())?.says, (await node(at)).outFrom], ['It is in service.', null]);
    });

    it('at once need a reason, and tell whoever has it', async () => {
      const { reservation, at } = await held();
      await refused(
        order(at, { action: 'maintenance', when: 'now' }),
        'input.invalid',
        /who has it, is told/,
      );
      await order(at, { action: 'reset', when: 'now', reason: 'Its fan' });
      await lab.until(async () => !(await node(at)).work);
      const still = await lab.services.getReservation(ann, reservation);
      assert.equal(still.state, 'reserved');
      assert.match(
        still.notices[0]?.text ?? '',
        /An administrator switched your machine off and on: Its fan/,
      );
      const says = await order(at, { action: 'maintenance', when: 'now', reason: 'It burns' });
      assert.match(says, /The reservation of ann ends now/);
      await comesTo(at, 'maintenance');
      const over = await lab.services.getReservation(ann, reservation);
      assert.equal(over.state, 'complete');
      assert.match(over.reason ?? '', /An administrator ended your reservation: It burns/);
      assert.match(
        (await node(at)).events.map(({ text }) => text).join('\n'),
        /Maintenance at once: It burns/,
      );
    });

    it('are for one administrator at a time: the second is told', async () => {
      const { version } = await node(1);
      await order(1, { action: 'maintenance', version });
      await refused(order(1, { action: 'delete', version }), 'changed-meanwhile');
      assert.equal((await node(1)).leaves, 'maintenance');
    });

    it('load a node anew, with what it should hold or another image', async () => {
      await lab.startDaemon();
      const before = (await node(1)).load;
      assert.equal(await order(1, { action: 'reload' }), 'It is loaded anew.');
      const after = await lab.until(async () => {
        const found = await node(1);
        return found.load > before && found.state === 'available' && found;
      });
      assert.equal(after.loads[0]?.image, 'simulated-v1');
      assert.equal(after.nextImage, null);
      const [came] = await lab.services.followOrders(admin, [1, 2]);
      assert.deepEqual(
        [came?.nodeId, came?.says, came?.over],
        [1, 'It was loaded anew with simulated-v1.', true],
      );
      await refused(order(1, { action: 'reload', image: 'nothing' }), 'input.invalid', /no such image/);
    });

    it('remove a node, after whoever has it, with everything of it', async () => {
      const { reservation, at } = await held();
      await order(at, { action: 'delete', when: 'after' });
      await lab.services.endReservation(ann, reservation);
      await lab.until(async () => (await node(at).catch((error: LabError) => error.code)) === 'not-found');
      const [rows] = await Promise.all([lab.db.knex('occupancy').where({ node_id: at })]);
      assert.deepEqual(rows, []);
      const [came] = await lab.services.followOrders(admin, [at]);
      assert.deepEqual(came, { nodeId: at, state: null, says: 'It was removed.', over: true });
      await refused(lab.services.followOrders(ann, [at]), 'not-allowed');
    });

    it('are refused where they make no sense, in a sentence', async () => {
      await refused(order(1, { action: 'power-off' }), 'node.state', /kept on while it is in service/);
      await refused(order(1, { action: 'service' }), 'node.state', /sim1 is in service/);
      await inTransaction(lab.db, (tx) =>
        tx.table('nodes').where({ id: 1 }).update({ state: 'maintenance' }),
      );
      await refused(order(1, { action: 'maintenance' }), 'node.state', /already/);
      await refused(order(1, { action: 'reload' }), 'node.state', /back into service/);
      assert.equal(await lab.services.previewOrder(admin, 1, { action: 'power-off' }), 'It is switched off.');
      await refused(lab.services.orderNode(ann, 1, { action: 'delete' }), 'not-allowed');
      await refused(order(99, { action: 'delete' }), 'not-found');
    });
  });
});
