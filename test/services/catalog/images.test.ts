import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTransaction } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ida: SignedIn;
  let tom: SignedIn;
  let bob: SignedIn;
  beforeEach(async () => {
    lab = await makeLab(await open(), { nodes: 2 });
    ida = await lab.person('ida', { role: 'image-admin' });
    tom = await lab.person('tom', { role: 'image-admin' });
    bob = await lab.person('bob');
  });
  afterEach(() => lab.close());

  /** An image of ida's own, made of the simulated one, with as many revisions. */
  const make = (name: string, over: object = {}, revisions = 1) =>
    inTransaction(lab.db, async (tx) => {
      const row = { name, title: name, description: '', notes: '', icon: 'flask', os_module: 'none' };
      const about = { owner_id: ida.id, visibility: 'owner', created_at: tx.now };
      const image_id = await tx.insert('images', { ...row, ...about, ...over });
      for (let number = 1; number <= revisions; number++) {
        const file = {
          format: 'simulated',
          file: 'lab.json',
          size_bytes: 1_000,
          virtual_bytes: 0,
          system: '{}',
        };
        const made = { ready_at: tx.now, proven_at: tx.now, created_at: tx.now, base_revision_id: 1 };
        const id = await tx.insert('image_revisions', { image_id, number, ...file, ...made });
        if (number === 1)
          await tx.table('images').where({ id: image_id }).update({ production_revision_id: id });
      }
      return image_id;
    });

  it('what was not published is nowhere for another person, by whatever door', async () => {
    await make('secret-lab', { title: 'Secret lab' });
    for (const me of [bob, tom]) {
      const home = await lab.services.home(me);
      const seen = [...home.again, ...(await lab.services.listImages(me, { search: 'secret' }))];
      assert.equal(JSON.stringify(seen).includes('ecret'), false);
      await assert.rejects(lab.services.getImage(me, 'secret-lab'), { code: 'not-found' });
      await assert.rejects(lab.services.reserve(me, { image: 'secret-lab', minutes: 60 }), {
        code: 'image.unknown',
      });
      const verdictOn = async (image: string) =>
        JSON.stringify(await lab.services.verdict(me, { image, minutes: 60 })).replaceAll(image, 'it');
      assert.equal(await verdictOn('secret-lab'), await verdictOn('no-such-lab'));
      for (const door of [
        lab.services.imageProperties(me, 'secret-lab'),
        lab.services.listRevisions(me, 'secret-lab'),
        lab.services.watchImage(me, 'secret-lab', () => undefined),
        lab.services.makeProduction(me, 'secret-lab', 1),
        lab.services.removeImage(me, 'secret-lab'),
      ])
        await assert.rejects(door, { code: 'not-found' });
    }
    await assert.rejects(lab.services.listLibrary(bob, { limit: 10 }), { code: 'not-allowed' });
    const his = await lab.services.listLibrary(tom, { limit: 10 });
    assert.equal(JSON.stringify(his).includes('ecret'), false);
    const hers = await lab.services.listLibrary(ida, { limit: 10 });
    assert.deepEqual(
      hers.items.map(({ name, mayManage }) => [name, mayManage]),
      [
        ['secret-lab', true],
        ['simulated', false],
      ],
    );
    assert.deepEqual(hers.items[1]?.baseOf, [{ name: 'secret-lab', title: 'Secret lab' }]);

    await make('secret-too', { title: 'Secret too' }, 0);
    assert.equal((await lab.services.health()).waitingFor.join().includes('Secret'), false);
    await lab.services.publishImage(ida, 'secret-lab', { visibility: 'everyone' });
    assert.equal((await lab.services.getImage(bob, 'secret-lab')).title, 'Secret lab');
  });

  it('the library says what each costs and who uses it, unused ones first, a page at a time', async () => {
    await make('zebra', {}, 3);
    await lab.services.reserve(bob, { image: 'simulated', minutes: 60 });
    await inTransaction(lab.db, async (tx) => {
      await tx.table('nodes').where({ id: 1 }).update({ revision_id: 1 });
      for (const milliseconds of [100, 200, 9_000])
        await tx
          .table('load_times')
          .insert({ image_id: 1, pool_id: 1, step: 'load', milliseconds, at: tx.now });
    });
    const first = await lab.services.listLibrary(ida, { limit: 1 });
    const [zebra] = first.items;
    assert.deepEqual(
      [zebra?.name, zebra?.revisions, zebra?.bytes, zebra?.lastLoad, first.found],
      ['zebra', 3, 3_000, null, 2],
    );
    const rest = await lab.services.listLibrary(ida, { limit: 1, cursor: first.next ?? '' });
    const [used] = rest.items;
    assert.deepEqual([used?.reservations, used?.nodes, used?.loadTimes], [1, 1, { p50: 200, p95: 9_000 }]);
    assert.equal(rest.next, null);
    const names = async (sort: 'title' | 'bytes' | 'use', descending: boolean) => {
      const { items } = await lab.services.listLibrary(ida, { limit: 9, sort, descending });
      return items.map(({ name }) => name).join();
    };
    assert.equal(await names('title', false), 'simulated,zebra');
    assert.equal(await names('bytes', true), 'zebra,simulated');
    assert.equal(await names('use', true), 'simulated,zebra');
    assert.equal((await lab.services.listLibrary(ida, { limit: 9, search: 'ida zeb' })).found, 1);
  });

  it('a title or name that is none, or is mistaken for another, is refused by its field', async () => {
    await make('physics-lab', { title: 'Physics lab' });
    const wrong: Readonly<Record<string, string>> = {
      ['x'.repeat(300)]: 'input.invalid',
      '   ': 'input.invalid',
      '\u200b\u200b': 'input.invalid',
      'Physics  Lab': 'name.taken',
      'Рhysics lab': 'name.taken', // a Cyrillic letter first
      simu1ated: 'name.taken',
    };
    await make('mine');
    for (const [title, code] of Object.entries(wrong)) {
      await assert.rejects(lab.services.editImage(ida, 'mine', { title }), (error: unknown) => {
        assert.ok(error instanceof LabError && error.code === code, `${title}: ${String(error)}`);
        return 'title' in error.fields;
      });
    }
    for (const title of ['物理実験室', 'Физика 2026', ' Lab for λ '])
      await lab.services.editImage(ida, 'mine', { title });
    assert.equal((await lab.services.imageProperties(ida, 'mine')).title, 'Lab for λ');

    await make('toms', { owner_id: tom.id, title: 'Thermodynamics' });
    await assert.rejects(
      lab.services.editImage(ida, 'mine', { title: 'Thermodynamics' }),
      (error: unknown) =>
        error instanceof LabError && error.code === 'name.taken' && !/Thermo|toms/.test(error.message),
    );
  });

  it('two who change one image at once: the second is told, and what revisions do takes nothing from either', async () => {
    await make('lab', {}, 2);
    const { version } = await lab.services.imageProperties(ida, 'lab');
    await lab.services.commentRevision(ida, 'lab', 2, 'with gdb');
    const both = await Promise.allSettled(
      [1, 2].map((cpus) => lab.services.editImage(ida, 'lab', { cpus: cpus + 1, version })),
    );
    const told = both.filter((one) => one.status === 'rejected').map((one) => one.reason.code);
    assert.deepEqual(told, ['changed-meanwhile']);
    await assert.rejects(lab.services.publishImage(ida, 'lab', { visibility: 'everyone', version }), {
      code: 'changed-meanwhile',
    });
    assert.equal((await lab.services.imageProperties(ida, 'lab')).visibility, 'owner');
  });

  it('an image that is used is not deleted, and the refusal names everything that uses it', async () => {
    const id = await make('lab', {}, 2);
    const lastOf = (image_id: number) => lab.db.knex('image_revisions').where({ image_id }).max('id as id');
    const [revision] = await lastOf(id);
    const booked = await lab.services.reserve(ida, { image: 'lab', minutes: 60 });
    await lab.db.knex('nodes').where({ id: 1 }).update({ revision_id: revision?.id });
    for (const [name, owner_id] of [
      ['made', ida.id],
      ['secret', tom.id],
    ] as const)
      await lab.db
        .knex('image_revisions')
        .where({ image_id: await make(name, { owner_id }) })
        .update({ base_revision_id: revision?.id });
    await assert.rejects(lab.services.removeImage(ida, 'lab'), (error: LabError) => {
      assert.equal(error.code, 'image.in-use');
      for (const says of [/1 reservation of it/, /made from it: made, 1 other image,/])
        assert.match(error.message, says);
      return true;
    });
    await lab.services.endReservation(ida, booked.id);
    await lab.services.removeImage(ida, 'made');
    await lab.services.removeImage(tom, 'secret');
    await lab.services.removeImage(ida, 'lab');
    await assert.rejects(lab.services.reserve(ida, { image: 'lab', minutes: 60 }), { code: 'image.unknown' });
  });

  const inLibrary = async (me: SignedIn, name: string) =>
    (await lab.services.listLibrary(me, { limit: 9 })).items.find((image) => image.name === name);

  it('a deleted image stands in its keeper’s library and is restored as it was, once for a key', async () => {
    await make('lab', {}, 3);
    await lab.services.publishImage(ida, 'lab', { visibility: 'everyone' });
    await lab.services.removeRevision(ida, 'lab', 2);
    await lab.services.removeImage(ida, 'lab');
    const goneAt = (await inLibrary(ida, 'lab'))?.goneAt ?? 0;
    assert.ok(goneAt > lab.db.clockOffset + Date.now() + 6 * 86_400_000);
    assert.equal(await inLibrary(tom, 'lab'), undefined);
    for (const me of [ida, bob])
      await assert.rejects(lab.services.getImage(me, 'lab'), { code: 'not-found' });
    await assert.rejects(lab.services.restoreImage(tom, 'lab'), { code: 'not-allowed' });

    const once = { idempotencyKey: 'again' };
    for (let n = 0; n < 2; n++) await lab.services.restoreImage(ida, 'lab', once);
    const revisions = await lab.services.listRevisions(ida, 'lab');
    assert.deepEqual(
      revisions.map(({ number, state }) => `${number} ${state}`),
      ['3 ready', '2 deleted', '1 production'],
    );
    assert.equal((await lab.services.getImage(bob, 'lab')).revision, 1);
    const open = await lab.db.knex('tasks').where({ action: 'purge', status: 'queued' });
    assert.equal(open.length, 1);
    await lab.services.removeImage(ida, 'lab');
    assert.notEqual(await inLibrary(ida, 'lab'), undefined);
  });

  it('its files go after the grace, then it can not be restored', async () => {
    const id = await make('lab', {}, 2);
    const file = join(lab.directory, 'images', 'lab-v2.simulated');
    writeFileSync(file, '{}');
    await lab.db.knex('image_revisions').where({ image_id: id }).update({ place_id: 1 });
    await lab.services.removeImage(ida, 'lab');
    await lab.startDaemon();
    const goneAt = (await inLibrary(ida, 'lab'))?.goneAt ?? 0;
    await passTo(lab, goneAt - 60_000);
    assert.equal(existsSync(file), true);
    await passTo(lab, goneAt);
    await lab.until(async () => (await inLibrary(ida, 'lab')) === undefined);
    assert.equal(existsSync(file), false);
    await assert.rejects(lab.services.restoreImage(ida, 'lab'), { code: 'image.gone' });
  });

  it('what was production before can be again, until it is deleted', async () => {
    const id = await make('lab', {}, 2);
    const of = (number: number) =>
      lab.db.knex('image_revisions').where({ image_id: id, number }).first('id') as Promise<{ id: number }>;
    const [first, second] = [await of(1), await of(2)];
    await lab.db
      .knex('images')
      .where({ id })
      .update({ production_revision_id: second.id, previous_revision_id: first.id });
    const { production, previous } = await lab.services.imageProperties(ida, 'lab');
    assert.deepEqual([production, previous], [2, 1]);
    await lab.services.removeRevision(ida, 'lab', 1);
    assert.equal((await lab.services.imageProperties(ida, 'lab')).previous, null);
  });
});
