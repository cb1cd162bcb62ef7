/** Courses, as services would answer. */

import type { CourseDetailView, CourseView } from '../../src/services/course-views.ts';
import type { BudgetView } from '../../src/services/views.ts';

const people = [
  { id: 3, name: 'student', displayName: 'Sam Student' },
  {
    id: 4,
    name: 'bartholomaeus.featherstonehaugh-cholmondeley',
    displayName: 'Bartholomäus Featherstonehaugh-Cholmondeley',
  },
];

export const budgets: readonly BudgetView[] = [
  {
    course: { id: 2, name: 'students' },
    ...{ hours: 20, spentMinutes: 90, leftMinutes: 1110, until: '2027-07-16' },
  },
];

export const courses: readonly CourseView[] = [
  {
    ...{
      id: 2,
      name: 'students',
      timeZone: 'Europe/Berlin',
      termFrom: '2027-04-12',
      termUntil: '2027-07-16',
    },
    ...{ instructors: people.slice(0, 1), members: 2, ownSeats: 5, budgetHours: 20, blocks: 0, version: 3 },
  },
  {
    ...{ id: 3, name: 'Übungsgruppe Technische Physik im Wintersemester', timeZone: 'America/New_York' },
    ...{ termFrom: '2027-01-11', termUntil: '2027-05-01' },
    ...{ instructors: [], members: 0, ownSeats: 0, budgetHours: null, blocks: 2, version: 1 },
  },
];

export function courseDetail(course: CourseView, mayAppoint: boolean): CourseDetailView {
  return {
    ...course,
    people: course.members > 0 ? people.map((one) => ({ ...one, spentMinutes: 90 })) : [],
    mayAppoint,
  };
}
