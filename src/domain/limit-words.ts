import type { Limits } from './limits.ts';
import { inWords, minute } from './time.ts';

/** What a limit is called, and how its field says what it takes: on pages and on the command line. */
export const limitWords: readonly {
  readonly limit: keyof Limits;
  readonly label: string;
  readonly unit: string;
}[] = [
  { limit: 'initialMinutes', label: 'First booking', unit: 'minutes' },
  { limit: 'totalMinutes', label: 'With extensions', unit: 'minutes' },
  { limit: 'extendMinutes', label: 'Each extension', unit: 'minutes' },
  { limit: 'overlap', label: 'At the same time', unit: 'reservations' },
  { limit: 'daysAhead', label: 'How far ahead', unit: 'days' },
  { limit: 'upcoming', label: 'Not yet begun', unit: 'bookings' },
  { limit: 'servers', label: 'Servers', unit: 'each' },
];

/** "4 h", "2", "no limit", "none". */
export function limitText(limit: keyof Limits, value: number | null): string {
  if (value === null) return 'no limit';
  if (value === 0) return 'none';
  if (limit === 'daysAhead') return value === 1 ? '1 day' : `${value} days`;
  return limit.endsWith('Minutes') ? inWords(value * minute) : String(value);
}

/** Those that are set, in one line: "first booking 4 h, at the same time 2"; without any: "no limits". */
export function limitsText(limits: Limits): string {
  const set = limitWords.filter(({ limit }) => limits[limit] !== null);
  const said = set.map(({ limit, label }) => `${label.toLowerCase()} ${limitText(limit, limits[limit])}`);
  return said.join(', ') || 'no limits';
}
