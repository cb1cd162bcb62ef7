/** Times as people read them, in their zone. The page's clock is the server's: browsers are told the difference. */

import { isZone, momentOf, wallClock, zoneFormat } from '../domain/wall-clock.ts';
import { timeNow } from '../lib/clock.ts';

export interface When {
  readonly iso: string;
  /** "16:30", "tomorrow 09:00", "Mon 24 Nov 09:00". */
  readonly text: string;
}

export interface Clock {
  readonly now: number;
  readonly zone: string;
  /** "Europe/Berlin" as people say it: "Berlin time (GMT+1)". */
  readonly zoneName: string;
  when(at: number): When;
  /** The same to the second, for logs. */
  precisely(at: number): When;
  /** The value of an `<input type="datetime-local">`. */
  localInput(at: number): string;
  /** And back; NaN for what is no local time. */
  fromLocalInput(typed: string): number;
  /** The same for a filter: undefined, which filters nothing, for what is no local time. */
  timeIn(typed: string): number | undefined;
}

const serverZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function makeClock(timeZone: string | null, now: number = timeNow()): Clock {
  const zone = timeZone !== null && isZone(timeZone) ? timeZone : serverZone;
  return {
    now,
    zone,
    zoneName: nameOfZone(zone, now),
    when: (at) => ({ iso: new Date(at).toISOString(), text: inZone(at, now, zone) }),
    precisely: (at) => ({ iso: new Date(at).toISOString(), text: inZone(at, now, zone, '2-digit') }),
    localInput: (at) => wallClock(at, zone).slice(0, 16),
    fromLocalInput: (typed) => momentOf(typed, zone),
    timeIn(typed) {
      const at = momentOf(typed, zone);
      return Number.isNaN(at) ? undefined : at;
    },
  };
}

function inZone(at: number, now: number, zone: string, second?: '2-digit'): string {
  const time = zoneFormat(zone, { hour: '2-digit', minute: '2-digit', ...(second ? { second } : {}) }).format(
    at,
  );
  const days = dayNumber(at, zone) - dayNumber(now, zone);
  if (days === 0) return time;
  if (days === 1) return `tomorrow ${time}`;
  if (days === -1) return `yesterday ${time}`;
  const sameYear = wallClock(at, zone).slice(0, 4) === wallClock(now, zone).slice(0, 4);
  const date = zoneFormat(zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
  return `${date.format(at).replace(',', '')} ${time}`;
}

function dayNumber(at: number, zone: string): number {
  return Math.floor(Date.parse(`${wallClock(at, zone).slice(0, 10)}T00:00Z`) / 86_400_000);
}

function nameOfZone(zone: string, now: number): string {
  const offset = zoneFormat(zone, { timeZoneName: 'shortOffset' })
    .formatToParts(now)
    .find((part) => part.type === 'timeZoneName');
  if (zone === 'UTC') return 'UTC';
  return `${(zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')} time, ${offset?.value ?? zone}`;
}
