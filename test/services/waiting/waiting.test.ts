import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { hour, minute } from '../../../src/domain/time.ts';
import type { ReservationView, SignedIn } from '../../../src/services/views.ts';
import type { WaitRequest } from '../../../src/services/waiting.ts';
import { someone } from '../../helpers/administrators.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let bob: SignedIn;
  let cid: SignedIn;

  const person = (name: string) => someone(lab.deps, name);
  const set = async (nodes: number) => {
    lab = await makeLab(await open(), { nodes });
    [ann, bob, cid] = [await person('ann'), await person('bob'), await person('cid')];
    await atNoon();
  };
  afterEach(async () => {
    await checkBooks(lab.db);
    await lab.close();
  });

  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  /** Noon in UTC: nobody here sleeps, and no quarter hour is about to end. */
  const atNoon = async () =>
    passTo(lab, Math.ceil((await now()) / (24 * hour)) * 24 * hour + 12 * hour + minute);
  const book = (me: SignedIn, minutes = 60) => lab.services.reserve(me, { image: 'simulated', minutes });
  const wait = async (me: SignedIn, over: Partial<WaitRequest> = {}) => {
    const view = await lab.services.wait(me, { image: 'simulated', minutes: 60, ...over });
    await inTransaction(lab.db, (tx) =>
      tx.table('waiters').where({ id: view.id }).update({ time_zone: 'UTC' }),
    );
    return view;
  };
  const settle = () => runUntilSettled(lab.db, lab.directory);
  const waiting = (me: SignedIn) => lab.services.listWaiting(me);
  const live = async (me: SignedIn) =>
    (await lab.services.listReservations(me, { live: true, limit: 10 })).items;
  const has = async (me: SignedIn): Promise<ReservationView | undefined> => (await live(me))[0];
  const noticesOf = async (me: SignedIn) =>
    (
      await reading(lab.db, (reader) =>
        reader.rows<{ k: string }>('SELECT notice_key AS k FROM notices WHERE user_id = ? ORDER BY id', [
          me.id,
        ]),
      )
    ).map(({ k }) => k);

  it('is one click where nothing fits, with the place and the latest time, and one place for each person', async () => {
    await set(1);
    await assert.rejects(wait(ann), { code: 'waiting.free' });
    const first = await book(ann, 120);
    await assert.rejects(book(bob), (error: { alternatives: { kind: string }[] }) =>
      error.alternatives.some(({ kind }) => kind === 'wait'),
    );
    const bobs = await wait(bob);
    const cids = await wait(cid, { askFirst: true });
    assert.deepEqual([bobs.place, bobs.askFirst, cids.place, cids.askFirst], [1, false, 2, true]);
    assert.ok(bobs.estimate !== null && bobs.estimate >= first.end && bobs.estimate < first.end + hour);
    assert.ok(cids.estimate !== null && cids.estimate >= bobs.estimate + hour);
    await assert.rejects(wait(bob), { code: 'waiting.already' });
    await assert.rejects(wait(bob, { image: 'none' }), { code: 'image.unknown' });
    await assert.rejects(lab.services.leaveLine(cid, bobs.id), { code: 'not-found' });
    await assert.rejects(lab.services.listWaiting(bob, { everybody: true }), { code: 'not-allowed' });
    await lab.services.leaveLine(bob, bobs.id);
    assert.deepEqual(await waiting(bob), []);
    assert.equal((await waiting(cid))[0]?.place, 1);
    assert.ok((await wait(bob)).id > cids.id, 'who comes back is last');
  });

  it('starts it for who is first, in the transaction that frees it: nobody who comes later passes', async () => {
    await set(1);
    const { id } = await book(ann);
    await wait(bob);
    await wait(cid);
    await lab.services.endReservation(ann, id);
    // nothing had begun to load: its machine is free in that moment, and is Bob's in it
    await settle();
    const bobs = await has(bob);
    assert.equal(bobs?.state, 'reserved');
    assert.deepEqual(await noticesOf(bob), [`turn`, 'ready']);
    assert.equal(await has(cid), undefined);
    await assert.rejects(book(ann), { code: 'reservation.no-machine' });
    await lab.services.endReservation(bob, bobs.id);
    await settle();
    assert.equal((await has(cid))?.state, 'reserved');
    assert.deepEqual(await waiting(cid), []);
  });

  it('asks who wants to be asked: held and loaded meanwhile, and all of the minutes count from the answer', async () => {
    await set(1);
    const { id } = await book(ann);
    await wait(bob, { askFirst: true });
    await lab.services.endReservation(ann, id);
    await settle();
    const offered = await has(bob);
    assert.equal(offered?.state, 'offered');
    const [view] = await waiting(bob);
    assert.equal(view?.offer?.reservationId, offered.id);
    assert.ok(view.offer.until > (await now()) + 14 * minute);
    assert.deepEqual(await noticesOf(bob), ['offered']);
    await assert.rejects(lab.services.connect(bob, offered.id, ''), { code: 'reservation.simulated' });
    await assert.rejects(book(cid), { code: 'reservation.no-machine' });
    await assert.rejects(lab.services.acceptOffer(cid, offered.id), { code: 'not-found' });
    await passTo(lab, (await now()) + 10 * minute);
    const taken = await lab.services.acceptOffer(bob, offered.id);
    assert.deepEqual([taken.state, taken.notices], ['reserved', []]);
    assert.ok(Math.abs(taken.end - (await now()) - 60 * minute) < minute);
    assert.deepEqual(await waiting(bob), []);
    await assert.rejects(lab.services.acceptOffer(bob, offered.id), { code: 'offer.over' });
  });

  it('keeps the place of who misses an offer, asks once more, and then no more', async () => {
    await set(1);
    const { id } = await book(ann);
    await wait(bob, { askFirst: true });
    await wait(cid);
    await lab.services.endReservation(ann, id);
    await settle();
    const first = await has(bob);
    await passTo(lab, (await now()) + 16 * minute);
    await assert.rejects(lab.services.acceptOffer(bob, first?.id ?? 0), { code: 'offer.over' });
    await settle();
    // who is next has it now, and Bob is first again
    const cids = await has(cid);
    assert.equal(cids?.state, 'reserved');
    assert.deepEqual([(await waiting(bob))[0]?.place, (await waiting(bob))[0]?.missed], [1, 1]);
    await passTo(lab, (await now()) + 16 * minute);
    await settle();
    await lab.services.endReservation(cid, cids.id);
    await settle();
    assert.equal((await has(bob))?.state, 'offered');
    await passTo(lab, (await now()) + 16 * minute);
    await settle();
    assert.deepEqual([await has(bob), await waiting(bob)], [undefined, []]);
    await book(cid);
  });

  it('passes over who sleeps, and who has as many as they may, without loss', async () => {
    await set(1);
    const dan = await person('dan');
    const { id } = await book(ann, 11.5 * 60);
    await settle();
    await wait(bob, { askFirst: true });
    await wait(dan);
    await wait(cid);
    const limit = (most: number | null) =>
      inTransaction(lab.db, (tx) =>
        tx.table('user_groups').where('name', 'like', '%dan%').update({ overlap: most }),
      );
    await limit(0);
    const [view] = await waiting(bob);
    // half past eleven at night: Bob is asked at seven
    assert.equal((view?.estimate ?? 0) % (24 * hour), 7 * hour);
    await passTo(lab, (await now()) + 11.6 * hour);
    await settle();
    assert.equal((await lab.services.getReservation(ann, id)).state, 'complete');
    const cids = await has(cid);
    assert.deepEqual([await has(bob), await has(dan), cids?.state], [undefined, undefined, 'reserved']);
    await limit(null);
    await lab.services.endReservation(cid, cids?.id ?? 0);
    await settle();
    const dans = await has(dan);
    assert.equal(dans?.state, 'reserved');
    await lab.services.endReservation(dan, dans.id);
    await settle();
    assert.equal(await has(bob), undefined, 'he sleeps');
    await passTo(lab, (await now()) + 7.5 * hour);
    await settle();
    assert.equal((await has(bob))?.state, 'offered');
  });

  it('declines, fails and gives back: somebody else is served, and only who declined has lost a place', async () => {
    await set(1);
    const { id } = await book(ann);
    await wait(bob, { askFirst: true });
    await wait(cid, { askFirst: true });
    await lab.services.endReservation(ann, id);
    await settle();
    const [offer] = await waiting(bob);
    const offered = (await has(bob))?.id ?? 0;
    await lab.services.leaveLine(bob, offer?.id ?? 0);
    assert.deepEqual((await lab.services.getReservation(bob, offered)).notices, []);
    await settle();
    assert.deepEqual([await waiting(bob), (await has(cid))?.state], [[], 'offered']);
    const admin = await lab.person('ada', { role: 'administrator' });
    await lab.services.endReservation(admin, (await has(cid))?.id ?? 0, 'Needed.');
    await settle();
    assert.equal((await waiting(cid)).length, 1, 'somebody else ended it: the place is kept');
  });

  it('lets nobody keep a machine for more than half an hour while others wait', async () => {
    await set(1);
    const { id } = await book(ann);
    await settle();
    assert.ok((await lab.services.extension(ann, id)).mostMinutes > 60);
    await wait(bob);
    assert.equal((await lab.services.extension(ann, id)).mostMinutes, 30);
    await assert.rejects(lab.services.extend(ann, id, 40), { code: 'reservation.extend-limit' });
    await lab.services.extend(ann, id, 20);
    assert.equal((await lab.services.extension(ann, id)).mostMinutes, 10);
  });

  it('serves a smaller wish before a larger one only where that does not delay it', async () => {
    await set(2);
    const on = async (node: number, work: () => Promise<ReservationView>) => {
      await lab.db.knex('nodes').whereNot({ id: node }).update({ cpus: 0 });
      const made = await work();
      await lab.db.knex('nodes').update({ cpus: 1 });
      return made;
    };
    const noon = await now();
    const short = await on(1, () => book(ann, 60));
    await on(1, () => lab.services.reserve(ann, { image: 'simulated', minutes: 60, start: noon + 4 * hour }));
    await on(2, () => book(ann, 180));
    // four hours fit on the second machine alone, from three hours on; two hours before what is booked on the first
    const large = await wait(bob, { minutes: 240 });
    assert.ok((large.estimate ?? 0) >= noon + 3 * hour);
    const small = await wait(cid, { minutes: 120 });
    assert.ok((small.estimate ?? 0) < noon + 1.5 * hour);
    await lab.services.endReservation(ann, short.id);
    await settle();
    assert.equal((await has(cid))?.state, 'reserved');
    assert.equal((await waiting(bob))[0]?.estimate, large.estimate, 'nobody was delayed by it');
    const passing = lab.services.reserve(ann, { image: 'simulated', minutes: 60, start: noon + 3.5 * hour });
    await assert.rejects(passing, { code: 'reservation.no-machine', message: /kept for those who wait/ });
  });

  it('gives a new machine, and what was kept for who left, to who is first', async () => {
    await set(2);
    await lab.db.knex('nodes').where({ id: 2 }).update({ cpus: 0 });
    await book(ann, 600);
    const large = await wait(bob, { minutes: 480 });
    await wait(cid);
    await settle();
    await lab.db.knex('nodes').update({ cpus: 1 });
    // nothing freed it: it is found, and until then it is Bob's all the same
    await assert.rejects(book(ann), { code: 'reservation.no-machine' });
    await passTo(lab, (await now()) + minute);
    await settle();
    assert.equal((await has(bob))?.minutes, large.minutes);
    assert.equal((await waiting(cid))[0]?.place, 1);
  });
});
