import type { Request, Response } from 'express';
import type { ReservationView } from '../../../services/views.ts';
import { idIn } from '../../input.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';

/** One reservation as a file that calendars take (RFC 5545). Taken again, it replaces what was taken before. */
export async function getCalendar(web: Web, req: Request, res: Response): Promise<void> {
  const reservation = await web.services.getReservation(meOf(res), idIn(req.params.id));
  const site = web.config.publicUrl ?? `${req.protocol}://${req.get('host')}`;
  const page = new URL(`/reservations/${reservation.id}`, site);
  const text = calendarOf(reservation, page, Date.now());
  res.attachment(`reservation-${reservation.id}.ics`).type('text/calendar; charset=utf-8').send(text);
}

/** `page`: where the reservation is shown; `now` and all times are epoch milliseconds. */
export function calendarOf({ id, image, start, end }: ReservationView, page: URL, now: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Labrador//Reservations//EN',
    'BEGIN:VEVENT',
    `UID:reservation-${id}@${page.hostname}`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(start)}`,
    `DTEND:${stamp(end)}`,
    `SUMMARY:${escaped(image.title)}`,
    `URL:${page.href}`,
    `DESCRIPTION:${escaped(`Press Connect at ${page.href}`)}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

const stamp = (at: number) => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

const escaped = (text: string) => text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');

/** Long lines go on after a space (RFC 5545, 3.1). */
const folded = (line: string) => (line.match(/.{1,72}/gsu) ?? []).join('\r\n ');
