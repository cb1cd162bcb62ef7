import type { CalendarEvent } from '../../../domain/icalendar.ts';
import type { CalendarEntry } from '../../../services/views.ts';

/** Where an entry of a calendar is shown. */
export function entryPath({ reservation, class: seats, image }: CalendarEntry): string {
  if (reservation !== null) return `/reservations/${reservation.id}`;
  if (seats === null) return `/environments/${encodeURIComponent(image)}`;
  return seats.teaches ? `/blocks/${seats.blockId}/dates/${seats.dateId}` : `/classes/${seats.dateId}`;
}

/** What it is called: "Tiny", "Physics: Tiny". */
export function entryTitle({ title, class: seats }: CalendarEntry): string {
  return seats === null ? title : `${seats.course}: ${title}`;
}

/** An entry as other programs take it. `site` has no slash at its end. */
export function eventOf(entry: CalendarEntry, site: string): CalendarEvent {
  const { uid, sequence, start, end } = entry;
  const url = `${site}${entryPath(entry)}`;
  const times = { uid, sequence, start, end, url, summary: entryTitle(entry) };
  return { ...times, description: `${descriptionOf(entry)} ${url}` };
}

function descriptionOf({ class: seats }: CalendarEntry): string {
  if (seats === null) return 'Press Connect at';
  return seats.teaches ? `You teach it; ${seats.seats} seats.` : `One of ${seats.seats} seats may be yours.`;
}
