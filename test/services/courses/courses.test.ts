import assert from 'node:assert/strict';
import { may } from '../../../src/domain/may.ts';
import type { NewCourse } from '../../../src/services/courses.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { known, someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';
import { isLabError } from '../../helpers/lab-error.ts';

const term: Omit<NewCourse, 'group'> = {
  timeZone: 'Europe/Berlin',
  termFrom: '2027-04-12',
  termUntil: '2027-07-16',
  instructors: ['ann'],
};

describe('courses', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let admin: SignedIn;
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 1 });
      admin = await someone(lab.deps, 'admin', 'administrator');
      for (const name of ['ann', 'bob', 'cid']) await someone(lab.deps, name);
    });
    afterEach(() => lab.close());

    it('are groups that somebody teaches, who sees and changes those alone', async () => {
      const { id } = await lab.services.addGroup(admin, { name: 'Physics 1' });
      const other = await lab.services.addGroup(admin, { name: 'Physics 2' });
      await lab.services.addCourse(admin, { group: 'Physics 1', ...term });
      await lab.services.addCourse(admin, { group: 'Physics 2', ...term, instructors: [] });
      const ann = await known(lab.deps, 'ann');
      assert.ok(may(ann, 'course.manage', { courseId: id }));
      assert.deepEqual(
        (await lab.services.listCourses(ann)).map(({ name }) => name),
        ['Physics 1'],
      );
      assert.equal((await lab.services.listCourses(admin)).length, 2);
      const reports = await lab.services.changeRoster(ann, id, { add: ['bob', 'nobody'] });
      assert.deepEqual(
        reports.map(({ done }) => done),
        [true, false],
      );
      await lab.services.editCourse(ann, id, { termUntil: '2027-07-23', version: 1 });
      await assert.rejects(
        lab.services.editCourse(ann, id, { termUntil: '2027-07-24', version: 1 }),
        isLabError('changed-meanwhile'),
      );
      const shown = await lab.services.inspectCourse(ann, id);
      assert.deepEqual([shown.termUntil, shown.people.map(({ name }) => name)], ['2027-07-23', ['bob']]);
      assert.deepEqual([shown.mayAppoint, shown.instructors[0]?.name], [false, 'ann']);

      for (const work of [
        lab.services.inspectCourse(ann, other.id),
        lab.services.changeRoster(ann, other.id, { add: ['ann'] }),
        lab.services.editCourse(ann, other.id, { termUntil: '2027-07-23' }),
      ])
        await assert.rejects(work, isLabError('not-found'));
      await assert.rejects(lab.services.editCourse(ann, id, { ownSeats: 9 }), isLabError('not-allowed'));
      await assert.rejects(lab.services.addCourse(ann, { group: 'x', ...term }), isLabError('not-allowed'));
      await assert.rejects(lab.services.removeCourse(ann, id), isLabError('not-allowed'));
      await assert.rejects(lab.services.listCourses({ ...ann, courseIds: [] }), isLabError('not-allowed'));

      // who does not teach it any more may nothing with it, signed in as they are
      await lab.services.editCourse(admin, id, { instructors: ['bob'], ownSeats: 5 });
      await assert.rejects(lab.services.changeRoster(ann, id, { add: ['ann'] }), isLabError('not-found'));
    });

    it('give nobody a role: their group has ordinary users, and stays so', async () => {
      const { id } = await lab.services.addGroup(admin, { name: 'Physics 1' });
      await lab.services.addGroup(admin, { name: 'helpers', role: 'image-admin' });
      const add = (group: string, over: Partial<NewCourse> = {}) =>
        lab.services.addCourse(admin, { group, ...term, ...over });
      await assert.rejects(add('helpers'), isLabError('input.invalid', 'group'));
      await assert.rejects(add('nothing'), isLabError('input.invalid', 'group'));
      await assert.rejects(
        add('Physics 1', { instructors: ['nobody'] }),
        isLabError('input.invalid', 'instructors'),
      );
      await assert.rejects(add('Physics 1', { timeZone: 'Berlin' }), isLabError('input.invalid', 'timeZone'));
      await assert.rejects(
        add('Physics 1', { termUntil: '2027-04-11' }),
        isLabError('input.invalid', 'termUntil'),
      );
      await assert.rejects(
        add('Physics 1', { termFrom: '2027-02-29' }),
        isLabError('input.invalid', 'termFrom'),
      );
      await assert.rejects(add('Physics 1', { ownSeats: -1 }), isLabError('input.invalid', 'ownSeats'));
      await add('Physics 1');
      await assert.rejects(add('Physics 1'), isLabError('name.taken', 'group'));
      await assert.rejects(
        lab.services.editGroup(admin, id, { role: 'administrator' }),
        isLabError('input.invalid', 'role'),
      );
      await assert.rejects(lab.services.deleteGroup(admin, id), isLabError('group.in-use'));
      await lab.services.removeCourse(admin, id);
      await lab.services.deleteGroup(admin, id);
      assert.deepEqual((await known(lab.deps, 'ann')).courseIds, []);
    });
  });
});
