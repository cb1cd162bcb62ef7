import { minute } from '../../domain/time.ts';
import { addDays, momentOf, weekdayOf } from '../../domain/wall-clock.ts';
import { type ClaimEvent, type ClassPlan, type SemesterSize, type Term, timeZone } from './script-parts.ts';

/** Two classes of different lengths follow one another in each. */
const slots = [
  { from: '08:30', until: '09:45' },
  { from: '10:15', until: '11:30' },
  { from: '12:00', until: '13:15' },
  { from: '13:45', until: '15:35' },
  { from: '16:00', until: '17:50' },
] as const;
/** The Thursday and Friday of the fourteenth week, as Thanksgiving. */
const holidays = [13 * 7 + 3, 13 * 7 + 4] as const;
/** Of those who are in a class, so many come. */
const comes = 0.92;

/** Spread over the week; each has a few students more than seats come. */
export function classesOf(size: SemesterSize, term: Term, draw: () => number): ClassPlan[] {
  const free = holidays.map((days) => addDays(term.firstDate, days)).filter((date) => date <= term.lastDate);
  return Array.from({ length: size.classes }, (_, number): ClassPlan => {
    const weekday = (number % 5) + 1;
    const slot = slots[Math.floor(number / 5) % slots.length] ?? slots[0];
    const seats = Math.max(2, Math.round(size.seats * (0.35 + 0.65 * draw())));
    const students = new Set<number>();
    while (students.size < Math.min(seats, size.students)) students.add(Math.floor(draw() * size.students));
    return {
      ...{ number, weekday, ...slot, seats, students: [...students] },
      image: number % size.images,
      except: free.filter((date) => weekdayOf(date) === weekday),
    };
  });
}

/** Most come in the minutes around its start, a few late. */
export function claimsOf(plan: ClassPlan, term: Term, draw: () => number): ClaimEvent[] {
  const events: ClaimEvent[] = [];
  for (let date = addDays(term.firstDate, plan.weekday - 1); date <= term.lastDate; date = addDays(date, 7)) {
    if (plan.except.includes(date)) continue;
    const start = momentOf(`${date}T${plan.from}`, timeZone);
    for (const student of plan.students) {
      const late = draw() < 0.05 ? 12 * draw() : 0;
      const at = start + Math.round((-9 + 11 * draw() + late) * minute);
      if (draw() < comes) events.push({ kind: 'claim', at, student, class: plan.number, start });
    }
  }
  return events;
}
