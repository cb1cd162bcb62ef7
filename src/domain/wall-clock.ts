/**
 * Clocks on walls: local dates and times of a time zone, and the moments they stand for. All zone arithmetic is here, on the
 * zones that Node.js carries (IANA's database); local times are ISO 8601 without an offset: `2026-11-21T16:30`.
 */
import { day } from './time.ts';

/** True for names that the time zone database knows. An offset such as +02:00 is none: it would be wrong half of the year. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]{1,59}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Made once for each zone and kind: making one takes longer than all else on a page. */
export function zoneFormat(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  formats.set(key, known);
  return known;
}

/** `2026-11-21T16:30:05`, as a clock on the wall there shows it at this moment. */
export function wallClock(at: number, zone: string): string {
  return zoneFormat(zone, { dateStyle: 'short', timeStyle: 'medium' })
    .format(at)
    .replace(/^(\d+)\/(\d+)\/(\d+), (.*)$/, '$3-$2-$1T$4');
}

/**
 * The moments at which a clock on that wall shows `local`, the earlier first: none in the hour that summer time leaves out,
 * two in the hour that comes twice. None, too, for what is no local time.
 */
export function momentsOf(local: string, zone: string): number[] {
  const asUtc = utcOf(local);
  if (asUtc === null) return [];
  const fits = offsetsAround(asUtc, zone)
    .map((offset) => asUtc - offset)
    .filter((at) => at + offsetAt(at, zone) === asUtc);
  return [...new Set(fits)].sort((a, b) => a - b);
}

/** The first of them; in the hour that summer time leaves out, the moment as if it had not. NaN for what is no local time. */
export function momentOf(local: string, zone: string): number {
  const asUtc = utcOf(local);
  if (asUtc === null) return Number.NaN;
  return momentsOf(local, zone)[0] ?? asUtc - (offsetsAround(asUtc, zone)[0] ?? 0);
}

/** `2026-11-21` and so many days on, on the calendar. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * day).toISOString().slice(0, 10);
}

/** 1 for Monday to 7 for Sunday (ISO 8601), of a date like `2026-11-21`. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T00:00Z`).getUTCDay() || 7;
}

/** True for a date that the calendar has, written `2026-11-21`. */
export function isDate(date: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(date) && utcOf(`${date}T00:00`) !== null;
}

/** Years with five figures are written in another way: nobody means the day before them. */
const lastLocal = Date.UTC(9999, 11, 30);

/** The local time read as if it were UTC; null for what is no local time, the 30th of February too. */
function utcOf(local: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local)) return null;
  const at = Date.parse(`${local}Z`);
  return Number.isNaN(at) || at > lastLocal || !new Date(at).toISOString().startsWith(local) ? null : at;
}

/** How far ahead of UTC the wall is, in milliseconds, before and after any change of that day. */
function offsetsAround(asUtc: number, zone: string): number[] {
  return [asUtc - day, asUtc + day].map((near) => offsetAt(near, zone));
}

function offsetAt(at: number, zone: string): number {
  const whole = Math.floor(at / 1000) * 1000;
  return Date.parse(`${wallClock(whole, zone)}Z`) - whole;
}
