/** What happens in a simulated semester, as a list: pure, and the same each time for the same size. */
import { minute } from '../../domain/time.ts';
import { addDays, momentOf } from '../../domain/wall-clock.ts';
import { drawFrom } from './draw.ts';
import { bookingsOf } from './script-bookings.ts';
import { claimsOf, classesOf } from './script-classes.ts';
import { type SemesterScript, type SemesterSize, timeZone } from './script-parts.ts';

/** A faculty's: what each of five thousand students takes by themselves is a machine every other week. */
export const wholeSemester: SemesterSize = {
  nodes: 200,
  classes: 40,
  students: 5_000,
  weeks: 15,
  images: 12,
  perWeek: 0.5,
  seats: 36,
  seed: 7,
  predictive: 'demand',
};

/** A Monday; summer time ends in the eleventh week. */
const firstDate = '2026-08-17';

export function semesterScript(size: SemesterSize): SemesterScript {
  const draw = drawFrom(size.seed);
  const lastDate = addDays(firstDate, 7 * size.weeks - 1);
  const begins = momentOf(`${firstDate}T06:00`, timeZone);
  const term = { begins, firstDate, lastDate };
  const classes = classesOf(size, term, draw);
  const events = [...bookingsOf(size, term, draw), ...classes.flatMap((each) => claimsOf(each, term, draw))];
  return {
    ...{ size, ...term, classes },
    ends: momentOf(`${addDays(lastDate, 1)}T06:00`, timeZone) + minute,
    events: events.sort((a, b) => a.at - b.at),
  };
}
