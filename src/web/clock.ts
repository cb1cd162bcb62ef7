/** Times as people read them, in their zone. The page's clock is the server's: browsers are told the difference. */

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

/** True for names that the time zone database knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export function makeClock(timeZone: string | null, now: number = Date.now()): Clock {
  const zone = timeZone !== null && isZone(timeZone) ? timeZone : serverZone;
  return {
    now,
    zone,
    zoneName: nameOfZone(zone, now),
    when: (at) => ({ iso: new Date(at).toISOString(), text: inZone(at, now, zone) }),
    precisely: (at) => ({ iso: new Date(at).toISOString(), text: inZone(at, now, zone, '2-digit') }),
    localInput: (at) => wallClock(at, zone).slice(0, 16),
    fromLocalInput: (typed) => fromLocalInput(typed, zone),
    timeIn(typed) {
      const at = fromLocalInput(typed, zone);
      return Number.isNaN(at) ? undefined : at;
    },
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Made once for each zone and kind: making one takes longer than all else on a page. */
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  formats.set(key, known);
  return known;
}

function inZone(at: number, now: number, zone: string, second?: '2-digit'): string {
  const time = format(zone, { hour: '2-digit', minute: '2-digit', ...(second ? { second } : {}) }).format(at);
  const days = dayNumber(at, zone) - dayNumber(now, zone);
  if (days === 0) return time;
  if (days === 1) return `tomorrow ${time}`;
  if (days === -1) return `yesterday ${time}`;
  const sameYear = wallClock(at, zone).slice(0, 4) === wallClock(now, zone).slice(0, 4);
  const date = format(zone, {
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

/** "2026-11-21T16:30:05" as a clock on the wall there shows it. */
function wallClock(at: number, zone: string): string {
  return format(zone, { dateStyle: 'short', timeStyle: 'medium' })
    .format(at)
    .replace(/^(\d+)\/(\d+)\/(\d+), (.*)$/, '$3-$2-$1T$4');
}

function nameOfZone(zone: string, now: number): string {
  const offset = format(zone, { timeZoneName: 'shortOffset' })
    .formatToParts(now)
    .find((part) => part.type === 'timeZoneName');
  if (zone === 'UTC') return 'UTC';
  return `${(zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')} time, ${offset?.value ?? zone}`;
}

/**
 * The moment at which a clock on that wall shows `2026-11-21T16:30`. In the hour that summer time leaves out, the
 * moment as if it had not; in the hour that comes twice, the first. NaN for what is no local time.
 */
export function fromLocalInput(typed: string, zone: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(typed)) return Number.NaN;
  const asUtc = Date.parse(`${typed}Z`);
  if (Number.isNaN(asUtc)) return asUtc;
  const offsets = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => offsetAt(near, zone));
  const fits = offsets.map((offset) => asUtc - offset).filter((at) => at + offsetAt(at, zone) === asUtc);
  return fits.length > 0 ? Math.min(...fits) : asUtc - (offsets[0] ?? 0);
}

function offsetAt(at: number, zone: string): number {
  const whole = Math.floor(at / 1000) * 1000;
  return Date.parse(`${wallClock(whole, zone)}Z`) - whole;
}
