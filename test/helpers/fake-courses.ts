/** Answers of the services of courses, for rendering pages without a database. */
import { LabError } from '../../src/domain/errors.ts';
import { may } from '../../src/domain/may.ts';
import type { CourseServices } from '../../src/services/courses.ts';
import * as sample from './sample-courses.ts';

/** `asked` is told what was changed. */
export function teaching(asked: string[]): CourseServices {
  const found = (id: number) => {
    const course = sample.courses.find((one) => one.id === id);
    if (!course) throw new LabError('not-found');
    return course;
  };
  return {
    listCourses: async () => sample.courses,
    listBudgets: async () => sample.budgets,
    inspectCourse: async (me, id) => sample.courseDetail(found(id), may(me, 'user.manage')),
    async addCourse(_me, wish) {
      if (wish.group === 'students')
        throw new LabError('name.taken', { fields: { group: 'It is a course already.' } });
      asked.push(`add-course ${JSON.stringify(wish)}`);
      return { id: 3 };
    },
    async editCourse(_me, id, changes) {
      if (changes.version !== undefined && changes.version !== found(id).version)
        throw new LabError('changed-meanwhile');
      asked.push(`edit-course ${id} ${JSON.stringify(changes)}`);
    },
    async changeRoster(_me, id, { add = [], remove = [] }) {
      asked.push(`roster ${found(id).id} ${JSON.stringify({ add, remove })}`);
      return [...add, ...remove].map((name) => ({
        name,
        done: name !== 'nobody',
        says: name === 'nobody' ? 'There is nobody with that login.' : 'Added.',
      }));
    },
    removeCourse: async (_me, id) => void asked.push(`remove-course ${found(id).id}`),
  };
}
