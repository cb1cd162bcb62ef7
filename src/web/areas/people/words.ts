import type { Limits } from '../../../domain/limits.ts';
import type { Role } from '../../../domain/may.ts';
import { inWords, minute } from '../../../domain/time.ts';
import type { PersonState } from '../../../services/people-views.ts';
import type { StateWord } from '../reservations/state-words.ts';

export const personStateWords: Readonly<Record<PersonState, StateWord>> = {
  active: { word: 'Active', tone: 'ready', icon: 'check' },
  disabled: { word: 'Disabled', tone: 'bad', icon: 'pause' },
  removed: { word: 'Removed', tone: 'quiet', icon: 'close' },
};

export const roleWords: Readonly<Record<Role, string>> = {
  user: 'User',
  'image-admin': 'Image admin',
  administrator: 'Administrator',
};

/** What a limit is called, and how its field says what it takes. */
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
];

/** "4 h", "2", "no limit", "none". */
export function limitText(limit: keyof Limits, value: number | null): string {
  if (value === null) return 'no limit';
  if (value === 0) return 'none';
  if (limit === 'daysAhead') return value === 1 ? '1 day' : `${value} days`;
  return limit.endsWith('Minutes') ? inWords(value * minute) : String(value);
}
