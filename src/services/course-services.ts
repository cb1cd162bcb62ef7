import { reading } from '../../db/transaction.ts';
import { ownBudgets } from './booking/budget.ts';
import { addCourse, editCourse, removeCourse } from './courses/edit.ts';
import { inspectCourse, listCourses } from './courses/read.ts';
import { changeRoster } from './courses/roster.ts';
import type { CourseServices } from './courses.ts';
import type { ServiceDeps } from './deps.ts';

export function courseServices(deps: ServiceDeps): CourseServices {
  return {
    listCourses: async (me) => listCourses(deps, me),
    inspectCourse: (me, id) => inspectCourse(deps, me, id),
    addCourse: (me, course, once) => addCourse(deps, me, course, once),
    editCourse: (me, id, changes) => editCourse(deps, me, id, changes),
    changeRoster: (me, id, changes, once) => changeRoster(deps, me, id, changes, once),
    listBudgets: (me) => reading(deps.db, (reader) => ownBudgets(reader, me)),
    removeCourse: (me, id) => removeCourse(deps, me, id),
  };
}
