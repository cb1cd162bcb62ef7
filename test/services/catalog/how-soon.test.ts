import assert from 'node:assert/strict';
import { releaseHold } from '../../../db/repositories/holds.ts';
import { addLoadTime } from '../../../db/repositories/load-times.ts';
import { inTransaction } from '../../../db/transaction.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

/** How soon each environment could be had: read for all of them at once, and the same that booking would say. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let bob: SignedIn;
  beforeEach(async () => {
    lab = await makeLab(await open(), { nodes: 2, simulator: { loadSeconds: 90 } });
    bob = await lab.person('bob', { limits: { overlap: 5, upcoming: 5 } });
  });
  afterEach(() => lab.close());

  const addImages = (from: number, to: number) =>
    inTransaction(lab.db, async (tx) => {
      const made = { created_at: tx.now, notes: '', description: '', icon: 'flask', os_module: 'none' };
      const file = { format: 'simulated', file: 'lab.json', size_bytes: 1, virtual_bytes: 0, system: '{}' };
      for (let n = from; n <= to; n++) {
        const names = { name: `lab-${n}`, title: `Lab ${n}`, visibility: 'everyone', max_at_once: 1 };
        const image_id = await tx.insert('images', { ...made, ...names });
        const revision = { image_id, number: 1, ready_at: tx.now, created_at: tx.now, ...file };
        const production_revision_id = await tx.insert('image_revisions', revision);
        await tx.table('images').where({ id: image_id }).update({ production_revision_id });
      }
    });

  it('takes as many statements for fifty as for five', async () => {
    const counted = async (work: () => Promise<unknown>) => {
      lab.db.clockOffset += 60_000; // nothing that was kept for a while is used
      const before = lab.db.counts.statements;
      await work();
      return lab.db.counts.statements - before;
    };
    const all = () => lab.services.listImages(bob);
    const home = () => lab.services.home(bob);
    await addImages(2, 5);
    await lab.services.reserve(bob, { image: 'simulated', minutes: 60 });
    const five = [await counted(all), await counted(home)];
    await addImages(6, 50);
    await lab.services.reserve(bob, { image: 'lab-50', minutes: 60 });
    assert.equal((await all()).length, 50);
    assert.deepEqual([await counted(all), await counted(home)], five);
  });

  it('says what its machines have, the least and the most of each, and of a reservation what its own has', async () => {
    await lab.db.knex('nodes').where({ id: 2 }).update({ cpus: 4, disk_mb: 512 });
    const sizes = async () => (await lab.services.getImage(bob, 'simulated')).sizes;
    assert.deepEqual(await sizes(), {
      least: { cpus: 1, memoryMb: 256, diskMb: 512 },
      most: { cpus: 4, memoryMb: 256, diskMb: 1024 },
    });
    await lab.db.knex('images').update({ cpus: 2 });
    const { size } = await lab.services.reserve(bob, { image: 'simulated', minutes: 60 });
    assert.deepEqual(size, { cpus: 4, memoryMb: 256, diskMb: 512 });
    await lab.db.knex('images').update({ cpus: 8 });
    assert.equal(await sizes(), null);
  });

  /** What the list says of the simulated image, and booking too. */
  const agree = async (minutes: number) => {
    const view = await lab.services.getImage(bob, 'simulated');
    assert.equal(view.usualMinutes, minutes);
    const { possible } = await lab.services.verdict(bob, { image: 'simulated', minutes });
    assert.equal(view.readyIn !== null, possible);
    return view.readyIn;
  };

  it('says what booking says: for as long as no machine is taken, and until the image is in use as often as it may be', async () => {
    await addImages(2, 2);
    const start = lab.db.clockOffset + Date.now() + 4 * 3_600_000;
    for (let n = 0; n < 2; n++) await lab.services.reserve(bob, { image: 'simulated', minutes: 60, start });
    assert.notEqual(await agree(60), null);
    await lab.db.knex('reservations').update({ minutes: 600 });
    assert.equal(await agree(600), null);

    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ revision_id: 1 }));
    await lab.db.knex('reservations').update({ minutes: 60 });
    assert.equal(await agree(60), 1_000);
    assert.equal((await lab.services.getImage(bob, 'lab-2')).hindrance, null);
    await lab.services.reserve(bob, { image: 'lab-2', minutes: 60 });
    const full = await lab.services.getImage(bob, 'lab-2');
    const asked = await lab.services.verdict(bob, { image: 'lab-2', minutes: 60 });
    assert.equal(full.hindrance?.text, asked.text);
    assert.equal(asked.possible, false);
  });

  it('follows the pool it would be taken from, not its slowest, and takes it there', async () => {
    await inTransaction(lab.db, async (tx) => {
      const [pool] = await tx.rows<Record<string, string | number>>('SELECT * FROM pools');
      const { id: _, ...like } = pool ?? {};
      const slow = await tx.insert('pools', { ...like, name: 'slow' });
      await tx.table('nodes').where({ id: 1 }).update({ pool_id: slow });
      for (const [pool_id, time] of [
        [slow, 600_000],
        [1, 20_000],
      ] as const)
        for (let n = 0; n < 10; n++) await addLoadTime(tx, 1, pool_id, 'load', time);
    });
    assert.equal(await agree(60), 20_000);
    const { text } = await lab.services.verdict(bob, { image: 'simulated', minutes: 60 });
    assert.equal(text, 'Ready in about 20 s.');
    const first = await lab.services.reserve(bob, { image: 'simulated', minutes: 60 });
    assert.equal(first.nodeId, 2);
    assert.equal(await agree(60), 600_000);
    assert.equal((await lab.services.reserve(bob, { image: 'simulated', minutes: 60 })).nodeId, 1);
  });

  it('promises nothing of an installation that is disarmed, and says so', async () => {
    const { id } = await lab.services.reserve(bob, { image: 'simulated', minutes: 60 });
    await lab.db.knex('places').update({ armed: 0 });
    lab.db.clockOffset += 6_000; // what was known of pools is read anew
    const says = /^This installation is disarmed and touches no machine/;
    const { readyIn, hindrance } = await lab.services.getImage(bob, 'simulated');
    assert.equal(readyIn, null);
    assert.match(hindrance?.text ?? '', says);
    assert.match((await lab.services.verdict(bob, { image: 'simulated', minutes: 60 })).text, says);
    const { estimate, progressText } = await lab.services.getReservation(bob, id);
    assert.equal(estimate, null);
    assert.match(progressText ?? '', says);
  });

  it('counts machines that are alike as such, whatever they held before, and what was given back', async () => {
    const held = { state: 'reloading', tainted: 1 };
    for (const [id, revision_id] of [
      [1, 1],
      [2, null],
    ])
      await lab.db
        .knex('nodes')
        .where({ id })
        .update({ ...held, revision_id });
    const start = lab.db.clockOffset + Date.now() + 3_600_000;
    const book = () => lab.services.reserve(bob, { image: 'simulated', minutes: 60, start });
    await book();
    assert.notEqual(await agree(60), null);
    const second = await book();
    assert.equal(await agree(60), null);
    const [hold] = await lab.db.knex('allocations').where({ reservation_id: second.id });
    await inTransaction(lab.db, (tx) => releaseHold(tx, hold.id));
    assert.notEqual(await agree(60), null);
    assert.equal((await lab.services.getImage(bob, 'simulated')).machines, 2);
  });
});
