import assert from 'node:assert/strict';
import type { AllocationRow } from '../../../db/rows.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import type { Members } from '../../../src/domain/cluster.ts';
import { LabError } from '../../../src/domain/errors.ts';
import { hour, minute } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { eachEngine } from '../../helpers/database.ts';
import { addEnvironment } from '../../helpers/environment.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';

const image = 'simulated';
const members: Members[] = [
  { role: 'db', image: 'data', machines: 1 },
  { role: 'worker', image: 'work', machines: 2 },
];

/** Machines that are had together: an image that comes with others. */
eachEngine((engine, { open }) => {
  /** What no engine does differently is told once. */
  const once = engine === 'sqlite' ? it : () => undefined;
  let lab: Lab;
  let admin: SignedIn;
  let ann: SignedIn;
  let bob: SignedIn;
  const set = async (nodes: number, limits = {}) => {
    lab = await makeLab(await open(), { nodes });
    admin = await lab.person('admin', { role: 'administrator' });
    ann = await lab.person('ann', { limits });
    bob = await lab.person('bob');
    for (const [id, name] of [
      [2, 'data'],
      [3, 'work'],
      [4, 'other'],
    ] as const)
      await addEnvironment(lab.db, { id, name });
    await lab.services.editImage(admin, image, { members });
  };
  const live = () =>
    reading(lab.db, (reader) =>
      reader.rows<AllocationRow>('SELECT * FROM allocations WHERE released_at IS NULL ORDER BY member, id'),
    );
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  afterEach(() => lab.close());

  once('is one level deep, and no image contains itself', async () => {
    await set(1);
    const edit = (name: string, ...wanted: Members[]) =>
      lab.services.editImage(admin, name, { members: wanted });
    const one = (role: string, name: string, machines = 1) => ({ role, image: name, machines });
    for (const [work, wrong] of [
      [() => edit(image, one('db', image)), /cannot contain itself/],
      [() => edit('other', one('x', image)), /Simulated brings machines with it/],
      [() => edit('data', one('x', 'work')), /data comes with Simulated/],
      [() => edit(image, one('x', 'nothing')), /no image "nothing"/],
      [() => edit(image, one('X y', 'data')), /"X y" is no role/],
      [() => edit(image, one('w', 'data', 2), one('w1', 'work')), /Two machines would be called w1/],
      [() => edit(image, one('main', 'data')), /called main/],
      [() => edit(image, one('w', 'data', 16)), /At most 15 machines/],
    ] as const)
      await assert.rejects(
        work(),
        (error) => error instanceof LabError && wrong.test(error.fields.members ?? ''),
      );
    assert.deepEqual(
      (await lab.services.imageProperties(admin, image)).members,
      members.map((each) => ({ ...each, title: each.image })),
    );
    await assert.rejects(lab.services.removeImage(admin, 'data'), /comes with Simulated/);
    await edit(image);
    await edit('data', one('x', 'work'));
  });

  it('is had whole or not at all, and said what is missing', async () => {
    await set(7);
    const start = Math.ceil((await now()) / hour + 3) * hour;
    const { id } = await lab.services.reserve(ann, { image, minutes: 60, start });
    const held = await live();
    assert.deepEqual(
      held.map((row) => [row.member, row.member_name, row.image_id]),
      [
        [0, null, null],
        [1, 'db', 2],
        [2, 'worker1', 3],
        [3, 'worker2', 3],
      ],
    );
    assert.equal(new Set(held.map((row) => row.node_id)).size, 4);
    const { machines, can } = await lab.services.getReservation(ann, id);
    assert.deepEqual(
      machines.map(({ name, state }) => `${name} ${state}`),
      ['main waits', 'db waits', 'worker1 waits', 'worker2 waits'],
    );
    assert.equal(can.change, false);
    await assert.rejects(lab.services.reserve(bob, { image, minutes: 60, start }), (error) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /Simulated takes 4 machines together in one pool: fewer are free then/);
      const [first] = error.alternatives.filter(({ kind }) => kind === 'start');
      assert.ok((first?.start ?? 0) >= start + hour, 'the times that are offered are those at which all fit');
      return error.code === 'reservation.no-machine';
    });
    assert.equal((await live()).length, 4, 'nothing of it was kept');
    const [, , worker] = held;
    await lab.services.moveAllocation(admin, worker?.id ?? 0, undefined);
    const moved = (await live()).find((row) => row.member === 2);
    assert.notEqual(moved?.node_id, worker?.node_id);
    const what = ({ member_name, member_role, image_id }: AllocationRow) => [
      member_name,
      member_role,
      image_id,
    ];
    assert.deepEqual(
      moved && what(moved),
      ['worker1', 'worker', 3],
      'it is the same machine of the same cluster',
    );
    await lab.services.reserve(bob, { image: 'data', minutes: 60, start });
    const { slots } = await lab.services.findTimes(bob, {
      image,
      minutes: 60,
      starts: [start, start + 2 * hour],
    });
    assert.deepEqual(
      slots.map(({ free }) => free > 0),
      [false, true],
    );
    for (const wish of [{ imaging: true }, { count: 2 }])
      assert.equal(
        (await lab.services.verdict(admin, { image, minutes: 60, ...wish })).code,
        'reservation.together',
      );
    await checkBooks(lab.db);
  });

  it('says when there are not enough at all, and counts what an image may be used at once', async () => {
    await set(3);
    assert.match((await lab.services.verdict(ann, { image, minutes: 60 })).text, /there are only 3/);
    await lab.services.editImage(admin, image, { members: members.slice(1) });
    await lab.services.editImage(admin, 'work', { maxAtOnce: 2 });
    await lab.services.reserve(ann, { image, minutes: 60 });
    assert.equal(
      (await lab.services.verdict(bob, { image: 'work', minutes: 60 })).code,
      'reservation.image-limit',
    );
    await checkBooks(lab.db);
  });

  it('begins when all are ready, is extended and shortened together, and ends together', async () => {
    await set(5, { overlap: 1 });
    const { id } = await lab.services.reserve(ann, { image, minutes: 60 });
    await lab.startDaemon();
    const ready = await lab.reaches(ann, id, 'reserved');
    assert.ok(ready.machines.every(({ state }) => state === 'ready'));
    const nodes = (await live()).map((row) => row.node_id);
    const later = (await now()) + 2 * hour;
    const after = await lab.services.reserve(bob, { image: 'data', minutes: 60, start: later });
    const { end } = await lab.services.extend(ann, id, 180);
    assert.deepEqual(
      [
        ...new Set(
          (await live()).filter((row) => row.reservation_id === id).map((row) => Number(row.end_at)),
        ),
      ],
      [end],
    );
    const [moved] = (await live()).filter((row) => row.reservation_id === after.id);
    assert.ok(!nodes.includes(moved?.node_id ?? 0), 'what was booked after one of them has gone elsewhere');
    const stuck = await lab.services.reserve(bob, { image: 'data', minutes: 60, start: end + hour });
    await lab.services.shorten(ann, id, 120);
    assert.ok(
      (await live()).every((row) => row.reservation_id !== id || Number(row.end_at) === end - 2 * hour),
    );
    await checkBooks(lab.db);
    await lab.services.endReservation(ann, id);
    await lab.reaches(ann, id, 'complete');
    await lab.until(async () => (await live()).every((row) => row.reservation_id !== id));
    await lab.services.endReservation(bob, stuck.id);
    await checkBooks(lab.db);
  });

  once('is not extended where what comes after its machines would all want the same other one', async () => {
    await set(3);
    await lab.services.editImage(admin, image, { members: members.slice(0, 1) });
    const { id, end } = await lab.services.reserve(ann, { image, minutes: 60 });
    const own = (await live()).map((row) => row.node_id);
    const start = Math.ceil(end / hour + 1) * hour;
    for (let n = 0; n < 3; n++) await lab.services.reserve(bob, { image: 'data', minutes: 60, start });
    const besides = (await live()).find((row) => !own.includes(row.node_id));
    await lab.services.endReservation(bob, besides?.reservation_id ?? 0);
    const daemon = await lab.startDaemon();
    await lab.until(async () => (await live()).length === 4);
    await lab.reaches(ann, id, 'reserved');
    await daemon.stop();
    const before = await live();
    await assert.rejects(lab.services.extend(ann, id, 4 * 60), /cannot all go to others/);
    assert.deepEqual(await live(), before, 'nothing has changed');
    await checkBooks(lab.db);
  });

  once('ends by the clock, all of it', async () => {
    await set(4);
    const { id } = await lab.services.reserve(ann, { image, minutes: 60 });
    await lab.startDaemon();
    const { end } = await lab.reaches(ann, id, 'reserved');
    await passTo(lab, end + minute);
    await lab.reaches(ann, id, 'complete');
    await lab.until(async () => (await live()).length === 0);
    await checkBooks(lab.db);
  });

  it('comes to nothing whole where one of them cannot be had, and gives the others back', async () => {
    await set(4);
    await inTransaction(lab.db, async (tx) => {
      // what loads one of them fails, and there is no other machine
      const settings = JSON.stringify({
        loadSeconds: 0,
        spread: 0,
        failureRate: 1,
        failureKinds: ['node_broken'],
      });
      await tx.table('pools').where({ id: 1 }).update({ settings });
      for (const node of [1, 2, 3]) await tx.table('nodes').where({ id: node }).update({ revision_id: 1 });
    });
    const { id } = await lab.services.reserve(ann, { image, minutes: 60 });
    await lab.startDaemon();
    const failed = await lab.reaches(ann, id, 'failed');
    assert.match(failed.reason ?? '', /No other machine is free/);
    const open = () =>
      reading(lab.db, (reader) =>
        reader.rows("SELECT id FROM tasks WHERE action = 'new' AND status IN ('queued', 'running')"),
      );
    await lab.until(async () => (await open()).length === 0);
    assert.ok((await live()).every(({ state }) => ['ending', 'failed'].includes(state)));
    await checkBooks(lab.db);
  });
});
