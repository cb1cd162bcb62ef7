import { z } from 'zod';
import { LabError } from '../../../domain/errors.ts';
import { hoursOfDay } from '../../../domain/hours-words.ts';
import { type OpenHours, type Weekday, weekdays } from '../../../domain/weekly-hours.ts';

const text = z.string().max(200, 'At most 200 characters.').default('');
const days = Object.fromEntries(weekdays.map((day) => [day, text])) as Record<Weekday, typeof text>;

const fields = {
  name: z.string('The name is missing.').max(200, 'Much too long.'),
  timeZone: z.string('Name a time zone.').trim().max(60, 'Name a time zone.'),
  ...days,
};

export const ScheduleForm = z
  .object({
    ...fields,
    version: z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .optional(),
  })
  .transform(({ name, timeZone, version, ...typed }) => ({
    name,
    timeZone,
    version,
    hours: hoursTyped(typed),
  }));

/** Throws LabError naming each day on which what was typed is no time. */
function hoursTyped(typed: Readonly<Record<Weekday, string>>): OpenHours[] {
  const wrong: Record<string, string> = {};
  const hours = weekdays.flatMap((day) => {
    try {
      return hoursOfDay(day, typed[day]);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      Object.assign(wrong, error.fields);
      return [];
    }
  });
  if (Object.keys(wrong).length > 0) throw new LabError('input.invalid', { fields: wrong });
  return hours;
}

/** Names between commas or lines. */
export const namesTyped = z
  .string()
  .max(100_000, 'Too many.')
  .default('')
  .transform((typed) =>
    typed
      .split(/[,;\n\r]+/)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );

export const nodesKind = z.enum(['all', 'pool', 'rack', 'nodes'], 'Please choose which.');

export const AssignForm = z.object({
  does: z.enum(['keep', 'leave']).default('keep'),
  kind: nodesKind,
  named: namesTyped,
});
