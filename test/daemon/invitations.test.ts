import assert from 'node:assert/strict';
import ICAL from 'ical.js';
import { dueInvitations } from '../../db/repositories/invitations.ts';
import { wakeTask } from '../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { hour, minute } from '../../src/domain/time.ts';
import type { Mail } from '../../src/lib/mail.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { someone } from '../helpers/administrators.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';

/** Bookings for later in the mail: the same event each time, each time a newer one. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let mails: Mail[];
  beforeEach(async () => {
    mails = [];
    const send = (mail: Mail) => Promise.resolve(void mails.push(mail));
    const mailer = { site: 'https://lab.example.org', from: 'lab@example.org', send };
    lab = await makeLab(await open(), { over: { mailer } });
    ann = await someone(lab.deps, 'ann');
    await lab.services.setEmail(ann, 'ann@example.org');
    await lab.startDaemon();
  });
  afterEach(() => lab.close());

  const due = () => reading(lab.db, dueInvitations);
  /** The next look at what was changed comes now. */
  const look = () => inTransaction(lab.db, (tx) => wakeTask(tx, 'invite', 'place', 1));
  const nextMail = async (number: number) => {
    await look();
    await lab.until(async () => mails.length >= number);
    const { invitation, text, subject, to } = mails[number - 1] ?? assert.fail('no mail');
    const calendar = new ICAL.Component(ICAL.parse(invitation?.content ?? ''));
    const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? assert.fail('no event'));
    assert.equal(calendar.getFirstPropertyValue('method'), invitation?.method);
    return { method: invitation?.method, event, text, subject, to };
  };

  it('tells what is booked, moved, longer and cancelled with one UID and a higher SEQUENCE', async () => {
    const start = Math.ceil(Date.now() / hour) * hour + 3 * hour;
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start });
    const booked = await nextMail(1);
    assert.deepEqual([booked.method, booked.to], ['REQUEST', 'ann@example.org']);
    assert.equal(booked.event.startDate.toJSDate().getTime(), start);
    assert.match(booked.text, /It begins on .*It ends on .*\/reservations\/1.*\/calendar/s);
    const { uid } = booked.event;
    await lab.services.changeBooking(ann, id, { start: start + hour });
    const moved = await nextMail(2);
    assert.equal(moved.event.startDate.toJSDate().getTime(), start + hour);
    await lab.services.extend(ann, id, 30);
    const longer = await nextMail(3);
    assert.equal(longer.event.endDate.toJSDate().getTime(), start + 2.5 * hour);
    await lab.services.endReservation(ann, id);
    const cancelled = await nextMail(4);
    assert.equal(cancelled.method, 'CANCEL');
    assert.match(cancelled.subject, /was cancelled/);
    const all = [booked, moved, longer, cancelled].map(({ event }) => event);
    assert.deepEqual(new Set(all.map((event) => event.uid)), new Set([uid]));
    const sequences = all.map(({ sequence }) => Number(sequence));
    assert.deepEqual(
      sequences,
      [...new Set(sequences)].sort((a, b) => a - b),
    );
    assert.deepEqual(await due(), []);
    const { notices } = await lab.services.home(ann);
    assert.deepEqual(notices, [], 'they are mails, and nothing to be read on pages');
  });

  it('tells nothing of what starts now, nobody without an address, and nobody who wants none', async () => {
    await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    await lab.services.setInvited(ann, false);
    const start = Date.now() + 5 * hour;
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start });
    assert.deepEqual(await due(), []);
    await lab.services.setEmail(ann, '');
    await lab.services.setInvited(ann, true);
    assert.deepEqual(await due(), []);
    await lab.services.setEmail(ann, 'ann@example.org');
    assert.deepEqual(await due(), [id]);
  });

  it('tells when it ended early, and nothing of an end that came as it was told', async () => {
    const start = Date.now() + 5 * hour;
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start });
    await nextMail(1);
    const end = (left: number) =>
      inTransaction(lab.db, async (tx) => {
        const [row] = await tx.rows<{ end_at: number }>('SELECT end_at FROM reservations WHERE id = ?', [id]);
        const over = { live: null, state: 'complete', ready_at: start, ended_at: Number(row?.end_at) - left };
        await tx.table('reservations').where({ id }).update(over);
      });
    await end(2 * minute);
    assert.deepEqual(await due(), []);
    await end(20 * minute);
    const { method, event } = await nextMail(2);
    assert.equal(method, 'REQUEST');
    assert.ok(Math.abs(event.endDate.toJSDate().getTime() - (start + 40 * minute)) < 2 * minute);
    assert.deepEqual(await due(), []);
  });
});
