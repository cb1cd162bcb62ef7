import assert from 'node:assert/strict';
import ICAL from 'ical.js';
import { type CalendarEvent, calendarText, invitationText } from '../../src/domain/icalendar.ts';

const event: CalendarEvent = {
  ...{ uid: 'reservation-7@b2f1', sequence: 4 },
  ...{ start: Date.UTC(2027, 2, 28, 0, 45), end: Date.UTC(2027, 2, 28, 2, 15, 30) },
  summary: 'Physik; Übung, "Mechanik" \\ 1',
  description: `Zwei\r\nZeilen. ${'Größe 🚀 '.repeat(40)}https://lab.example.org/reservations/7`,
  url: 'https://lab.example.org/reservations/7',
};

/** What an independent program makes of it. */
function readBack(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
  return { calendar, events };
}

describe('calendars for other programs', () => {
  it('say what they are to say, to a parser that is not ours', () => {
    const text = calendarText({
      name: 'Labrador: Søren',
      events: [event, { ...event, uid: 'b@c' }],
      at: 0,
    });
    const { calendar, events } = readBack(text);
    assert.equal(calendar.getFirstPropertyValue('version'), '2.0');
    assert.equal(calendar.getFirstPropertyValue('x-wr-calname'), 'Labrador: Søren');
    assert.equal(calendar.getFirstPropertyValue('method'), null);
    const [first] = events;
    assert.ok(first);
    assert.deepEqual([first.uid, first.sequence, events[1]?.uid], [event.uid, 4, 'b@c']);
    assert.equal(first.startDate.toJSDate().getTime(), event.start);
    assert.equal(first.endDate.toJSDate().getTime(), event.end);
    assert.deepEqual(
      [first.summary, first.description],
      [event.summary, event.description.replace('\r\n', '\n')],
    );
    assert.equal(first.component.getFirstPropertyValue('url'), event.url);
  });

  it('have lines of 75 octets at most, none of which ends within a letter', () => {
    const lines = calendarText({ events: [event], at: 0 }).split('\r\n');
    assert.equal(lines.pop(), '');
    assert.ok(lines.some((line) => line.startsWith(' ')));
    for (const line of lines) {
      assert.ok(Buffer.byteLength(line) <= 75, line);
      assert.ok(!/[\r\n\ufffd]/.test(Buffer.from(line).toString()), line);
    }
  });

  it('invite, and cancel, with the same event', () => {
    const people = { from: 'lab@example.org', to: 'ada@example.org', event, at: 0 };
    for (const [method, status] of [
      ['REQUEST', 'CONFIRMED'],
      ['CANCEL', 'CANCELLED'],
    ] as const) {
      const { calendar, events } = readBack(invitationText({ method, ...people }));
      assert.equal(calendar.getFirstPropertyValue('method'), method);
      assert.deepEqual(
        [events.length, events[0]?.uid, events[0]?.organizer],
        [1, event.uid, 'mailto:lab@example.org'],
      );
      assert.equal(events[0]?.attendees[0]?.getFirstValue(), 'mailto:ada@example.org');
      assert.equal(events[0]?.component.getFirstPropertyValue('status'), status);
    }
  });
});
