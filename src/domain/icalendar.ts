/**
 * Calendars as programs exchange them (RFC 5545), and invitations by mail (RFC 5546). All times are UTC: who reads shows them in
 * the zone they are in, so that no zone's rules are written down here.
 */
export interface CalendarEvent {
  /** Stays the same as long as it is the same, in a subscribed calendar, a file and a mail. */
  readonly uid: string;
  /** Higher each time that it was changed. */
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly summary: string;
  readonly description: string;
  readonly url: string;
}

export interface Calendar {
  /** What it is called where somebody subscribes to it. */
  readonly name?: string;
  readonly events: readonly CalendarEvent[];
  /** Epoch milliseconds: when this was written. */
  readonly at: number;
}

/** Who invites whom, by mail address, and to what. */
export interface Invitation {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly from: string;
  readonly to: string;
  readonly event: CalendarEvent;
  readonly at: number;
}

/** A calendar to subscribe to, or to take over from a file. */
export function calendarText({ name, events, at }: Calendar): string {
  const called =
    name === undefined
      ? []
      : [
          ...[`NAME:${escaped(name)}`, `X-WR-CALNAME:${escaped(name)}`],
          ...['REFRESH-INTERVAL;VALUE=DURATION:PT15M', 'X-PUBLISHED-TTL:PT15M'],
        ];
  return wrapped([...called, ...events.flatMap((event) => eventLines(event, at))]);
}

/** What a mail carries: the event it is about, as it is now, or that it is not any more. */
export function invitationText({ method, from, to, event, at }: Invitation): string {
  const people = [
    `ORGANIZER:mailto:${from}`,
    `ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:${to}`,
    `STATUS:${method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED'}`,
  ];
  return wrapped([`METHOD:${method}`, ...eventLines(event, at, people)]);
}

function wrapped(lines: readonly string[]): string {
  const all = [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Labrador//Reservations//EN', 'CALSCALE:GREGORIAN'],
    ...lines,
    'END:VCALENDAR',
  ];
  return all.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines(event: CalendarEvent, at: number, more: readonly string[] = []): string[] {
  return [
    ...['BEGIN:VEVENT', `UID:${event.uid}`, `SEQUENCE:${event.sequence}`, `DTSTAMP:${stamp(at)}`],
    ...[`DTSTART:${stamp(event.start)}`, `DTEND:${stamp(event.end)}`],
    ...[`SUMMARY:${escaped(event.summary)}`, `DESCRIPTION:${escaped(event.description)}`, `URL:${event.url}`],
    ...more,
    'END:VEVENT',
  ];
}

const stamp = (at: number) => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

const escaped = (text: string) =>
  text
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n?|\n/g, '\\n')
    .replace(/\p{Cc}/gu, '');

const mostOctets = 75;

/** Long lines go on after a space, and never break a letter (RFC 5545, 3.1). */
function folded(line: string): string {
  let octets = 0;
  let text = '';
  for (const letter of line) {
    const size = Buffer.byteLength(letter);
    const full = octets + size > mostOctets;
    text += full ? `\r\n ${letter}` : letter;
    octets = full ? 1 + size : octets + size;
  }
  return text;
}
