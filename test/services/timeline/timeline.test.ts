import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { ceilQuarter, day, hour } from '../../../src/domain/time.ts';
import type { TimelineFilter } from '../../../src/services/timeline-services.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let admin: SignedIn;
  let ann: SignedIn;
  let noon: number;

  const set = async (nodes: number) => {
    lab = await makeLab(await open(), { nodes });
    admin = await lab.person('admin', { role: 'administrator' });
    ann = await lab.person('ann');
    noon = ceilQuarter(await reading(lab.db, (reader) => Promise.resolve(reader.now))) + day;
  };
  afterEach(() => lab.close());

  const book = (who: SignedIn, at: number, start: number | undefined = noon + at * hour) =>
    lab.services.reserve(who, { image: 'simulated', minutes: 60, start });
  const put = (state: string, ...ids: number[]) =>
    inTransaction(lab.db, (tx) => tx.table('nodes').whereIn('id', ids).update({ state }));
  const window = () => ({ from: noon - 2 * hour, until: noon + day });
  const shown = async (filter: TimelineFilter = {}, over: { offset?: number; limit?: number } = {}) => {
    const part = { sort: 'name', descending: false, offset: 0, limit: 50, ...over } as const;
    return lab.services.timeline(admin, { ...part, filter, window: window() });
  };
  const names = async (filter: TimelineFilter) => (await shown(filter)).items.map(({ node }) => node.id);

  it('shows by node what is held and what was, and finds nodes by what is on them', async () => {
    await set(3);
    await put('maintenance', 2, 3);
    const [first, gone] = [await book(ann, 0), await book(ann, 4)];
    await put('available', 2, 3);
    await lab.services.endReservation(admin, gone.id, 'no');
    await lab.services.addMaintenance(admin, {
      ...{ reason: 'New switches', timeZone: 'UTC', bookings: 'tell' },
      ...{ from: noon, until: noon + 2 * hour, nodes: { kind: 'nodes', named: ['sim2'] } },
    });
    await runUntilSettled(lab.db, lab.directory);
    const { items, total, states } = await shown();
    assert.deepEqual([total, states], [3, [{ state: 'available', count: 3 }]]);
    assert.deepEqual(
      items.map(({ held }) => held.map((one) => [one.purpose, one.reservationId, one.user, one.of?.title])),
      [[['reservation', first.id, 'ann', undefined]], [['maintenance', null, null, 'New switches']], []],
    );
    assert.deepEqual(
      [await names({ only: 'busy' }), await names({ only: 'free' }), await names({ person: 'ann' })],
      [[1, 2], [3], [1]],
    );
    assert.deepEqual([await names({ image: 'simulated' }), await names({ rack: 'R9' })], [[1], []]);
    assert.equal((await shown({}, { offset: 2, limit: 1 })).items[0]?.node.id, 3);
    await assert.rejects(
      lab.services.timeline(ann, {
        ...{ sort: 'name', descending: false, offset: 0, limit: 1, filter: {}, window: window() },
      }),
      { code: 'not-allowed' },
    );
  });

  it('pages through what is held, by node and time', async () => {
    await set(2);
    for (const at of [6, 0, 3, 9]) await book(ann, at);
    const { from, until: to } = window();
    const all = (await lab.services.listAllocations(admin, { from, to, limit: 100 })).items;
    const order = all.map(({ nodeId, from: at }) => nodeId * 1e14 + at);
    assert.deepEqual([all.length, order], [4, order.toSorted((a, b) => a - b)]);
    const paged: number[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await lab.services.listAllocations(admin, { from, to, limit: 3, cursor });
      paged.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      cursor = page.next;
    }
    assert.deepEqual(
      paged,
      all.map(({ id }) => id),
    );
    const some = {
      from: noon + 2 * hour,
      to: noon + 4 * hour,
      limit: 9,
      person: 'ann',
      purpose: 'reservation',
    } as const;
    assert.equal((await lab.services.listAllocations(admin, some)).items.length, 1);
    assert.equal((await lab.services.listAllocations(admin, { ...some, person: 'bob' })).items.length, 0);
    await assert.rejects(lab.services.listAllocations(admin, { ...some, cursor: 'x' }), {
      code: 'input.invalid',
    });
  });

  it('moves a booking to the node that was named, once, and nothing that has begun or does not fit', async () => {
    await set(3);
    await put('maintenance', 2, 3);
    const booked = await book(ann, 0);
    await put('available', 2, 3);
    const { from, until: to } = window();
    const held = async () => (await lab.services.listAllocations(admin, { from, to, limit: 9 })).items;
    const [before] = await held();
    assert.ok(before);
    const found = await lab.services.getAllocation(admin, before.id);
    assert.deepEqual([found.movable, found.moves.map(({ id }) => id).toSorted()], [true, [2, 3]]);
    const once = { idempotencyKey: 'once' };
    const moved = await lab.services.moveAllocation(admin, before.id, 3, once);
    assert.deepEqual([moved.node, moved.start, moved.end], ['sim3', before.start, before.end]);
    assert.equal((await lab.services.moveAllocation(admin, before.id, 3, once)).id, moved.id);
    assert.equal(
      (await lab.services.history(ann, booked.id)).at(-1)?.text,
      `Moved to another machine: ${admin.displayName} moved it.`,
    );
    await assert.rejects(lab.services.moveAllocation(admin, before.id, undefined), {
      code: 'reservation.begun',
    });
    await assert.rejects(lab.services.moveAllocation(admin, moved.id, 3), { code: 'reservation.no-machine' });
    await assert.rejects(lab.services.moveAllocation(ann, moved.id, 2), { code: 'not-allowed' });
    await assert.rejects(lab.services.moveAllocation(admin, 999, 2), { code: 'not-found' });
    assert.equal((await held())[0]?.id, moved.id);
    assert.notEqual((await lab.services.moveAllocation(admin, moved.id, undefined)).nodeId, 3);
    await checkBooks(lab.db);
  });
});
