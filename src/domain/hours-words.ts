/** Weekly hours as people write and read them: `08:00-12:00, 13:00-20:00` on a day, `Mon-Fri 08:00-20:00; Sat 10:00-16:00` in a line. */
import { invalid } from './errors.ts';
import { dayTitle, type OpenHours, type Weekday, weekdays } from './weekly-hours.ts';

/** One day's times, none where nothing stands. Throws LabError (field: the day) for what is no time. */
export function hoursOfDay(day: Weekday, typed: string): OpenHours[] {
  const times = typed.split(/[,;]/).map((one) => one.trim());
  return times
    .filter((one) => one !== '')
    .map((one) => {
      const [, from, until] = /^(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)$/.exec(one) ?? [];
      if (!from || !until) throw invalid(day, 'Write it like 08:00-20:00; several with commas between them.');
      return { day, from: from.padStart(5, '0'), until: until.padStart(5, '0') };
    });
}

/** The other way: what stands on that day. */
export function textOfDay(day: Weekday, hours: readonly OpenHours[]): string {
  const mine = hours.filter((one) => one.day === day).toSorted((a, b) => a.from.localeCompare(b.from));
  return mine.map(({ from, until }) => `${from}-${until}`).join(', ');
}

const short = (day: Weekday): string => dayTitle(day).slice(0, 3);

/** `Mon-Fri 08:00-20:00; Sat 10:00-16:00`: days in a row with the same times are one. */
export function hoursInWords(hours: readonly OpenHours[]): string {
  const runs: { first: Weekday; last: Weekday; text: string }[] = [];
  for (const day of weekdays) {
    const text = textOfDay(day, hours);
    const last = runs.at(-1);
    if (last && last.text === text) last.last = day;
    else runs.push({ first: day, last: day, text });
  }
  const open = runs.filter(({ text }) => text !== '');
  return open
    .map(
      ({ first, last, text }) =>
        `${first === last ? short(first) : `${short(first)}-${short(last)}`} ${text}`,
    )
    .join('; ');
}

/** What hoursInWords writes, read again. Throws LabError (field `hours`). */
export function hoursFromWords(line: string): OpenHours[] {
  return line.split(';').flatMap((part) => {
    const [, first, last, text] = /^\s*([a-z]{3,9})\s*(?:-\s*([a-z]{3,9}))?\s+(.+)$/i.exec(part) ?? [];
    const [from, until] = [dayNamed(first), dayNamed(last ?? first)];
    if (from < 0 || until < from)
      throw invalid('hours', 'Write it like "Mon-Fri 08:00-20:00; Sat 10:00-16:00".');
    return weekdays.slice(from, until + 1).flatMap((day) => hoursOfDay(day, text ?? ''));
  });
}

function dayNamed(typed = ''): number {
  return weekdays.findIndex((day) => typed.length >= 3 && day.startsWith(typed.toLowerCase()));
}
