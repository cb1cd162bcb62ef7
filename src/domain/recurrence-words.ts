import type { Monthly, Recurrence, TimeOfDay, Weekly } from './recurrence.ts';

export const weekdayNames = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
const ordinals = new Map([
  [1, 'first'],
  [2, 'second'],
  [3, 'third'],
  [4, 'fourth'],
  [5, 'fifth'],
  [-1, 'last'],
]);

/** "Every Tuesday and Thursday, 10:00 to 11:30", "Every 2 weeks on Monday, ...", "On 2027-04-12, ...". */
export function recurrenceText(recurrence: Recurrence): string {
  switch (recurrence.kind) {
    case 'once':
      return `On ${recurrence.date}, ${hours(recurrence)}`;
    case 'listed':
      return recurrence.times.map((time) => `${time.date} ${hours(time)}`).join(', ');
    case 'weekly':
      return `${weeks(recurrence)}, ${hours(recurrence)}`;
    case 'monthly':
      return `${months(recurrence)}, ${hours(recurrence)}`;
  }
}

const hours = ({ from, until }: TimeOfDay) => `${from} to ${until}`;

function weeks({ weekdays, every }: Weekly): string {
  const names = [...weekdays].sort((a, b) => a - b).map((day) => weekdayNames[day - 1] ?? '');
  const last = names.at(-1) ?? '';
  const days = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
  return every === 1 ? `Every ${days}` : `Every ${every} weeks on ${days}`;
}

function months({ on }: Monthly): string {
  if ('day' in on) return `Day ${on.day} of every month`;
  return `The ${ordinals.get(on.nth) ?? ''} ${weekdayNames[on.weekday - 1] ?? ''} of every month`;
}
