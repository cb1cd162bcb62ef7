import assert from 'node:assert/strict';
import { inTransaction } from '../../../db/transaction.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ida: SignedIn;
  let bob: SignedIn;
  beforeEach(async () => {
    lab = await makeLab(await open(), { nodes: 4 });
    ida = await lab.person('ida', { role: 'image-admin' });
    bob = await lab.person('bob');
  });
  afterEach(() => lab.close());

  /** Images of ida's with the simulated one's file. */
  const make = (titles: readonly string[], over: object = {}) =>
    inTransaction(lab.db, async (tx) => {
      const about = { description: '', notes: '', icon: 'flask', os_module: 'none', created_at: tx.now };
      for (const title of titles) {
        const named = { name: title.toLowerCase(), title, owner_id: ida.id, visibility: 'owner' };
        await tx.insert('images', { ...about, ...named, production_revision_id: 1, ...over });
      }
    });
  const again = async (me: SignedIn) => (await lab.services.home(me)).again.map(({ title }) => title);

  it('offers others to start, by title, where a person had none: behind however many that are not theirs to see', async () => {
    await make(Array.from({ length: 420 }, (_, n) => `A${String(n).padStart(3, '0')}`));
    await make(['B'], { production_revision_id: null });
    await make(['C', 'Y'], { visibility: 'everyone' });
    assert.deepEqual(await again(bob), ['C', 'Simulated', 'Y']);
    assert.deepEqual(await again(ida), ['A000', 'A001', 'A002']);
    await inTransaction(lab.db, (tx) => tx.table('images').where({ title: 'C' }).update({ deleted_at: 1 }));
    assert.deepEqual(await again(bob), ['Simulated', 'Y']);
  });

  it('offers what a person had last first, each once, while they may see it and it can be had', async () => {
    await make(['A', 'B', 'C', 'D'], { visibility: 'everyone' });
    for (const image of ['d', 'simulated', 'd', 'c']) {
      const { id } = await lab.services.reserve(bob, { image, minutes: 60 });
      await lab.services.endReservation(bob, id);
    }
    assert.deepEqual(await again(bob), ['C', 'D', 'Simulated']);
    const change = (title: string, to: object) => lab.db.knex('images').where({ title }).update(to);
    await change('C', { production_revision_id: null });
    assert.deepEqual(await again(bob), ['D', 'Simulated', 'A']);
    await change('Simulated', { visibility: 'groups' });
    assert.deepEqual(await again(bob), ['D', 'A', 'B']);
    await lab.db.knex('image_groups').insert({ image_id: 1, group_id: 7 });
    assert.deepEqual(await again({ ...bob, groupIds: [7] }), ['D', 'Simulated', 'A']);
    await change('D', { deleted_at: 1 });
    assert.deepEqual(await again(bob), ['A', 'B']);
  });

  it('has one’s own machines, and for ten minutes those that ended without oneself', async () => {
    const reserve = () => lab.services.reserve(bob, { image: 'simulated', minutes: 60 });
    const [ended, cut, kept] = [await reserve(), await reserve(), await reserve()];
    await lab.services.reserve(ida, { image: 'simulated', minutes: 60 });
    await lab.services.endReservation(bob, ended.id);
    const over = { state: 'failed', live: null, ended_at: lab.db.clockOffset + Date.now() };
    await lab.db.knex('reservations').where({ id: cut.id }).update(over);
    const shown = async () => {
      const home = (await lab.services.home(bob)).reservations.map(({ id }) => id);
      const own = (await lab.services.ownMachines(bob)).reservations.map(({ id }) => id);
      assert.deepEqual(own, home);
      return home;
    };
    assert.deepEqual(await shown(), [kept.id, cut.id]);
    lab.db.clockOffset += 11 * 60_000;
    assert.deepEqual(await shown(), [kept.id]);
  });
});
