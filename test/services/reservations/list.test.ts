import assert from 'node:assert/strict';
import type { ReservationFilter } from '../../../db/queries/reservation-list.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const hour = 3_600_000;

/** Reservations as administrators look for them, and as people look for their own. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ada: SignedIn;
  let bob: SignedIn;
  /** Of bob, now; of bob, in two hours; of ada, ended. */
  let ids: { now: number; later: number; over: number };
  beforeEach(async () => {
    lab = await makeLab(await open(), { nodes: 3 });
    ada = await lab.person('ada', { role: 'administrator' });
    bob = await lab.person('bob_1');
    const book = (me: SignedIn, start?: number) =>
      lab.services.reserve(me, { image: 'simulated', minutes: 60, start });
    const time = await reading(lab.db, async (reader) => reader.now);
    const [now, later, over] = [await book(bob), await book(bob, time + 2 * hour), await book(ada)];
    await lab.services.endReservation(ada, over.id, '100% done');
    ids = { now: now.id, later: later.id, over: over.id };
  });
  afterEach(() => lab.close());

  type Part = { sort?: 'id' | 'image' | 'person' | 'start' | 'end'; descending?: boolean; limit?: number };
  const find = (me: SignedIn, filter: ReservationFilter, part: Part = {}) =>
    lab.services.findReservations(me, {
      ...{ sort: 'id', descending: true, offset: 0, limit: 10, filter },
      ...part,
    });
  const found = async (me: SignedIn, filter: ReservationFilter, part?: Part) =>
    (await find(me, filter, part)).items.map(({ id }) => id);

  it('finds by state, person, image, machine, pool, words and time; what is not known finds nothing', async () => {
    const { now, later, over } = ids;
    const time = await reading(lab.db, async (reader) => reader.now);
    const [held] = await lab.db.knex('nodes').where({ id: await firstNode(now) });
    const all = [over, later, now];
    const expected: [ReservationFilter, number[]][] = [
      [{}, all],
      [{ state: 'live' }, [now]],
      [{ state: 'coming' }, [later]],
      [{ state: 'ended' }, [over]],
      [{ person: 'bob_1' }, [later, now]],
      [{ person: 'nobody' }, []],
      [{ image: 'simulated' }, all],
      [{ image: 'tiny' }, []],
      [{ pool: 'simulator' }, all],
      [{ pool: 'qemu' }, []],
      [{ node: String(held.name), person: 'bob_1', state: 'live' }, [now]],
      [{ node: 'vm-99' }, []],
      [{ search: 'SIMUL' }, all],
      [{ search: 'b_1' }, [later, now]],
      [{ search: 'b%1' }, []],
      [{ search: '100%' }, [over]],
      [{ search: `#${later}` }, [later]],
      [{ from: time + 2 * hour }, [later]],
      [{ to: time + hour }, [over, now]],
    ];
    for (const [filter, wanted] of expected)
      assert.deepEqual(await found(ada, filter), wanted, JSON.stringify(filter));
  });

  const firstNode = async (id: number) =>
    (await lab.db.knex('allocations').where({ reservation_id: id }).first()).node_id;

  it('counts each state whatever state is chosen, sorts and turns pages', async () => {
    const { now, later, over } = ids;
    const ended = await find(ada, { state: 'ended' });
    assert.equal(ended.total, 1);
    assert.deepEqual(
      ended.states.map(({ state, count }) => [state, count]),
      [
        ['live', 1],
        ['coming', 1],
        ['ended', 1],
      ],
    );
    assert.deepEqual(ended.pools, ['simulator']);
    assert.deepEqual(await found(ada, {}, { sort: 'person', descending: false }), [over, now, later]);
    assert.deepEqual(await found(ada, {}, { sort: 'start', limit: 1 }), [later]);
    assert.deepEqual(await found(ada, {}, { sort: 'end', limit: 1 }), [later]);
  });

  it('people see their own and nothing of others’, on the page and in the API', async () => {
    assert.deepEqual(await found(bob, {}), [ids.later, ids.now]);
    assert.deepEqual(await found(bob, { person: 'ada' }), []);
    const { pools, states } = await find(bob, {});
    assert.deepEqual([pools, states.at(-1)], [[], { state: 'ended', count: 0 }]);
    const request = { limit: 10, filter: { state: 'ended' } } as const;
    assert.deepEqual((await lab.services.listReservations(bob, request)).items, []);
    await assert.rejects(lab.services.listReservations(bob, { ...request, everybody: true }), {
      code: 'not-allowed',
    });
    const everybody = await lab.services.listReservations(ada, { ...request, everybody: true });
    assert.deepEqual(
      everybody.items.map(({ id }) => id),
      [ids.over],
    );
  });

  it('a file has as many rows as there are', async () => {
    await inTransaction(lab.db, async (tx) => {
      const [row] = await tx.rows<Record<string, string | number>>(
        'SELECT * FROM reservations WHERE id = ?',
        [ids.over],
      );
      for (let id = 1_000; id < 1_600; id++) await tx.insert('reservations', { ...row, id });
    });
    const file = await find(ada, {}, { limit: 100_000 });
    assert.deepEqual([file.items.length, file.total], [603, 603]);
  });
});
