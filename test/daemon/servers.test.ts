import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTransaction, reading } from '../../db/transaction.ts';
import { auditBooks } from '../../src/daemon/audit.ts';
import { gatewayDoors } from '../../src/daemon/gateway-doors.ts';
import { LabError } from '../../src/domain/errors.ts';
import { day, hour, minute } from '../../src/domain/time.ts';
import { carryServers } from '../../src/services/servers/carry.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import type { GuestDisk } from '../helpers/recording-os.ts';

const open = { image: 'simulated', name: 'Course database' };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof LabError ? error.code : String(error)),
  );

eachEngine((_engine, { open: openDatabase }) => {
  let lab: Lab;
  let ann: SignedIn;
  let ben: SignedIn;
  let cat: SignedIn;
  const groups = { login: 0, admin: 0 };
  beforeEach(async () => {
    lab = await makeCrashLab(await openDatabase(), { nodes: 2 });
    const [one, two] = [await lab.person('ann.b'), await lab.person('ann-b')];
    const three = await lab.person('cat');
    await inTransaction(lab.db, async (tx) => {
      groups.login = await tx.insert('user_groups', { name: 'readers', role: 'user' });
      groups.admin = await tx.insert('user_groups', { name: 'keepers', role: 'user' });
    });
    await join1(groups.admin, one.id);
    await join1(groups.login, one.id);
    ann = { ...one, groupIds: [groups.login, groups.admin] };
    ben = { ...two, groupIds: [groups.login] };
    cat = { ...three, groupIds: [groups.admin] };
  });
  afterEach(() => lab.close());

  const join1 = (group: number, person: number) =>
    inTransaction(lab.db, async (tx) => {
      await tx.table('group_members').insert({ group_id: group, user_id: person });
    });
  const leave = (group: number, person: number) =>
    inTransaction(lab.db, async (tx) => {
      await tx.table('group_members').where({ group_id: group, user_id: person }).delete();
    });
  /** What is on the machine's disk. */
  const accounts = (): Record<string, string> => {
    const folder = join(poolFolder(lab.directory), 'guests');
    const files = existsSync(folder) ? readdirSync(folder) : [];
    const all = files.map((file) => readFileSync(join(folder, file), 'utf8'));
    return Object.assign({}, ...all.map((text) => (JSON.parse(text) as GuestDisk).accounts));
  };
  const pass = async (milliseconds: number) => {
    lab.db.clockOffset += milliseconds;
    lab.db.signals.emit('committed');
    await untilSettled(lab.db);
  };
  const row = async (id: number) => {
    const [found] = await reading(lab.db, (reader) =>
      reader.rows<{ end_at: number; hold_until: number }>(
        `SELECT r.end_at, a.hold_until FROM reservations r JOIN allocations a ON a.reservation_id = r.id AND a.released_at IS NULL WHERE r.id = ${id}`,
      ),
    );
    return { end: Number(found?.end_at), held: Number(found?.hold_until) };
  };
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));

  it('opens a server by itself, with an account for everybody of its groups that follows them while it runs', async () => {
    await join1(groups.login, ben.id);
    await lab.startDaemon();
    const { id } = await lab.services.takeServer(ann, { ...open, loginGroup: 'readers' });
    await lab.until(async () => Object.keys(accounts()).length === 2);
    await untilSettled(lab.db);
    const server = await lab.services.getReservation(ann, id);
    assert.equal(server.state, 'inuse');
    assert.equal(server.deadline, null);
    assert.deepEqual(accounts(), { 'ann-b': 'open', 'ann-b-2': 'open' });

    const [own, bens] = [await lab.services.connection(ann, id), await lab.services.connection(ben, id)];
    assert.equal(bens.methods[0]?.username, 'ann-b-2');
    assert.notEqual(bens.methods[0]?.password, own.methods[0]?.password);
    assert.equal((await lab.services.home(ben)).servers[0]?.server?.name, open.name);
    assert.deepEqual((await lab.services.home(ann)).reservations, []);
    const { can } = await lab.services.getReservation(ben, id);
    assert.deepEqual([can.connect, can.end, can.reboot], [true, false, false]);
    assert.equal(await codeOf(lab.services.endReservation(ben, id)), 'not-allowed');
    assert.equal(await codeOf(lab.services.getReservation(cat, id)), 'not-found');
    const doors = gatewayDoors(lab.deps);
    const access = await doors.accessOf({ reservationId: id, userId: ben.id });
    assert.ok(access !== null && typeof access === 'object' && access.username === 'ann-b-2');
    assert.equal(await doors.accessOf({ reservationId: id, userId: cat.id }), 'ended');

    // another group: who is in it gets in, who is not is locked out
    await join1(groups.admin, cat.id);
    await lab.services.changeServer(ann, id, { loginGroup: null, adminGroup: 'keepers', name: ' Database ' });
    await lab.until(async () => accounts().cat === 'open' && accounts()['ann-b-2'] === 'locked');
    await untilSettled(lab.db);
    assert.equal(await codeOf(lab.services.connection(ben, id)), 'not-found');
    assert.equal((await lab.services.getReservation(cat, id)).server?.name, 'Database');
    assert.equal((await lab.services.connection(cat, id)).methods[0]?.username, 'cat');

    // and whoever leaves the group, however that came about
    await leave(groups.admin, cat.id);
    await pass(minute);
    await lab.until(async () => accounts().cat === 'locked');
    await untilSettled(lab.db);

    await join1(groups.admin, cat.id);
    await lab.services.endReservation(cat, id);
    await lab.reaches(ann, id, 'complete');
    await untilSettled(lab.db);
    await checkBooks(lab.db);
  });

  it('is never taken back for nobody being there, and carried forward while it has no end', async () => {
    await lab.startDaemon();
    const { id } = await lab.services.takeServer(ann, open);
    await lab.reaches(ann, id, 'inuse');
    await untilSettled(lab.db);
    const before = await row(id);
    assert.ok(before.end > (await now()) + 398 * day);
    await pass(3 * hour);
    await pass(3 * hour);
    assert.equal((await lab.services.getReservation(ann, id)).state, 'inuse');

    await auditBooks(lab.deps);
    const later = await row(id);
    assert.ok(later.end >= before.end + 5 * hour, 'its end goes on');
    assert.ok(later.held >= later.end);
    await checkBooks(lab.db);
    assert.deepEqual(
      (await lab.services.ownCalendar(ann, { from: before.end - 390 * day, until: before.end })).length,
      0,
    );

    const end = (await now()) + 5 * day;
    const closed = await lab.services.changeServer(ann, id, { end });
    assert.deepEqual([closed.server?.openEnded, closed.can.extend], [false, true]);
    assert.ok(Math.abs((await row(id)).end - end) <= minute);
    assert.ok(
      (await lab.services.extension(ann, id)).mostMinutes > 30 * 24 * 60,
      'for as long as it is free',
    );
    assert.equal(await carryServers(lab.deps), 0, 'it has an end now');
    await lab.services.changeServer(ann, id, { end: null });
    assert.ok((await row(id)).end > (await now()) + 398 * day);
    await checkBooks(lab.db);
  });

  it('is for those who may, as many as they may, and limits of other bookings say nothing about it', async () => {
    const bounded = { ...ann, limits: { ...ann.limits, overlap: 1, initialMinutes: 60, servers: 1 } };
    assert.equal(
      await codeOf(lab.services.takeServer({ ...ann, limits: { ...ann.limits, servers: 0 } }, open)),
      'not-allowed',
    );
    const { id } = await lab.services.takeServer(bounded, open);
    assert.equal(await codeOf(lab.services.takeServer(bounded, open)), 'reservation.limit-overlap');
    assert.equal(
      await codeOf(lab.services.reserve(bounded, { image: 'simulated', minutes: 61 })),
      'reservation.limit-length',
    );
    await lab.services.reserve(bounded, { image: 'simulated', minutes: 60 });
    assert.equal(await codeOf(lab.services.takeServer(ben, open)), 'reservation.no-machine');
    for (const [wish, field] of [
      [{ name: ' ' }, 'name'],
      [{ loginGroup: 'nobody of us' }, 'loginGroup'],
      [{ loginGroup: 'keepers' }, 'loginGroup'],
      [{ end: 5 }, 'end'],
    ] as const)
      await assert.rejects(lab.services.takeServer(ben, { ...open, ...wish }), (error) => {
        assert.ok(error instanceof LabError);
        return Object.keys(error.fields).includes(field);
      });
    await lab.services.endReservation(bounded, id);
    const start = (await now()) + 2 * hour;
    const later = await lab.services.takeServer(bounded, { ...open, start, end: start + 30 * day });
    assert.deepEqual([later.state, later.end, later.server?.openEnded], ['new', start + 30 * day, false]);
    assert.deepEqual(
      (await lab.services.listServers(bounded, { limit: 10 })).items.map((one) => one.id),
      [later.id],
    );
    await checkBooks(lab.db);
  });
});
