import assert from 'node:assert/strict';
import ICAL from 'ical.js';
import { pino } from 'pino';
import request from 'supertest';
import { inTransaction } from '../../db/transaction.ts';
import { day, hour } from '../../src/domain/time.ts';
import { addDays, wallClock } from '../../src/domain/wall-clock.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { createApp } from '../../src/web/app.ts';
import { known, someone } from '../helpers/administrators.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';
import { isLabError } from '../helpers/lab-error.ts';

/** A person's calendar: their own, the classes of their courses, and both through the private address. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let admin: SignedIn;
  let ann: SignedIn;
  let logged: string[];
  beforeEach(async () => {
    lab = await makeLab(await open(), { nodes: 3 });
    admin = await someone(lab.deps, 'admin', 'administrator');
    ann = await someone(lab.deps, 'ann');
    logged = [];
  });
  afterEach(() => lab.close());

  const calendar = (me: SignedIn, days = 30) =>
    lab.services.ownCalendar(me, { from: Date.now(), until: Date.now() + days * day });
  const book = (start: number) => lab.services.reserve(ann, { image: 'simulated', minutes: 60, start });
  const app = () => {
    const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
    const config = {
      publicUrl: 'https://lab.example.org',
      secureCookies: true,
      siteName: 'Lab',
      sendsMail: true,
    };
    return createApp({ services: lab.services, config, log });
  };
  const eventsIn = (text: string) =>
    new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));

  /** A class tomorrow with two seats; ann is in it, bob teaches it. */
  const aClass = async () => {
    await someone(lab.deps, 'bob');
    const today = wallClock(Date.now(), 'UTC').slice(0, 10);
    const { id: courseId } = await lab.services.addGroup(admin, { name: 'Physics' });
    const term = { timeZone: 'UTC', termFrom: today, termUntil: addDays(today, 60) };
    await lab.services.addCourse(admin, { group: 'Physics', ...term, instructors: ['bob'] });
    await lab.services.changeRoster(admin, courseId, { add: ['ann'] });
    const times = [2, 3].map((days) => ({ date: addDays(today, days), from: '10:00', until: '11:00' }));
    const asked = { courseId, image: 'simulated', seats: 2, recurrence: { kind: 'listed', times } } as const;
    const { id } = await lab.services.askBlock(admin, asked);
    assert.deepEqual(
      (await calendar(ann)).filter((one) => one.class),
      [],
      'asked for is not held',
    );
    await lab.startDaemon();
    await lab.services.approveBlock(admin, id);
    await lab.until(async () => (await lab.services.inspectBlock(admin, id)).state === 'approved');
    return id;
  };

  it('has bookings and held dates of classes, until one has a seat there', async () => {
    const { id } = await book(Date.now() + 3 * hour);
    const gone = await book(Date.now() + 6 * hour);
    await lab.services.endReservation(ann, gone.id);
    const blockId = await aClass();
    const [booked, first, second, ...more] = await calendar(ann);
    assert.deepEqual([booked?.reservation, booked?.class, more.length], [{ id, state: 'new' }, null, 0]);
    assert.deepEqual(first?.class, { blockId, dateId: 1, course: 'Physics', seats: 2, teaches: false });
    assert.equal(first?.reservation, null);
    assert.notEqual(first?.uid, second?.uid);
    const bobs = await calendar(await known(lab.deps, 'bob'));
    assert.deepEqual(
      bobs.map((one) => one.class?.teaches),
      [true, true],
    );
    assert.deepEqual(await calendar(admin), []);
    await inTransaction(lab.db, async (tx) => {
      const dates = await tx.rows<{ id: number }>('SELECT MIN(id) AS id FROM block_dates');
      const seats = await tx.rows<{ id: number }>(
        'SELECT MIN(id) AS id FROM allocations WHERE block_date_id = ?',
        [dates[0]?.id ?? 0],
      );
      await tx.table('allocations').where({ id: seats[0]?.id }).update({ claimed_by: ann.id });
    });
    assert.deepEqual(
      (await calendar(ann)).map(({ uid }) => uid),
      [booked?.uid, second?.uid],
    );
    await assert.rejects(calendar(ann, 401), isLabError('input.invalid'));
    await assert.rejects(calendar(ann, -1), isLabError('input.invalid'));
  });

  it('is read under a secret address: kept by programs, asked again cheaply, and gone when it is revoked', async () => {
    const { id } = await book(Date.now() + 3 * hour);
    const secret = await lab.services.newCalendarAddress(ann);
    const site = app();
    const get = (address: string, etag = '') =>
      request(site).get(`/ical/${address}.ics`).set('if-none-match', etag);
    const found = await get(secret)
      .expect(200)
      .expect('content-type', /^text\/calendar/);
    assert.equal(found.headers['cache-control'], 'private, no-cache');
    const [event] = eventsIn(found.text);
    assert.match(
      String(event?.component.getFirstPropertyValue('url')),
      /^https:\/\/lab\.example\.org\/reservations\/1$/,
    );
    const etag = String(found.headers.etag);
    await get(secret, etag).expect(304);
    await lab.services.changeBooking(ann, id, { minutes: 90 });
    const changed = await get(secret, etag).expect(200);
    const [again] = eventsIn(changed.text);
    assert.equal(again?.uid, event?.uid);
    assert.ok(Number(again?.sequence) > Number(event?.sequence));
    assert.equal(Number(again?.endDate.toJSDate()) - Number(again?.startDate.toJSDate()), 90 * 60_000);
    assert.ok((await lab.services.calendarAddress(ann)).readAt !== null);

    const renewed = await lab.services.newCalendarAddress(ann);
    const gone = await get(secret).expect(410);
    assert.match(gone.text, /This calendar address was revoked/);
    await get(renewed).expect(200);
    await lab.services.revokeCalendarAddress(ann);
    await get(renewed).expect(410);
    await assert.rejects(lab.services.revokeCalendarAddress(ann), isLabError('not-found'));
    const last = await lab.services.newCalendarAddress(ann);
    await lab.services.disablePerson(admin, ann.id, { reservations: 'end' });
    await get(last).expect(410);

    const rows = JSON.stringify(await lab.db.knex('calendar_addresses'));
    const events = JSON.stringify(await lab.db.knex('events'));
    for (const one of [secret, renewed, last]) {
      assert.ok(![rows, events, ...logged].some((text) => text.includes(one)), 'a secret is written down');
    }
  });

  it('says so where no calendar is, and is not asked too often', async () => {
    const secret = await lab.services.newCalendarAddress(ann);
    const site = app();
    const unknown = await request(site)
      .get(`/ical/${'x'.repeat(43)}.ics`)
      .expect(404);
    assert.match(unknown.text, /There is no calendar at this address/);
    await request(site).get('/ical/..%2f..%2fetc').expect(404);
    const statuses: number[] = [];
    while (statuses.length < 200 && statuses.at(-1) !== 429)
      statuses.push((await request(site).get(`/ical/${secret}.ics`)).status);
    assert.deepEqual([statuses[0], statuses.at(-1)], [200, 429]);
    const slow = await request(site).get(`/ical/${secret}.ics`);
    assert.equal(slow.headers['retry-after'], '300');
    assert.match(slow.text, /asked for too often/);
  });
});
