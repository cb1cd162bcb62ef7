import type { CourseDetailView, CourseView } from '../../../services/course-views.ts';
import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { pageOfAll } from '../page-of-all.ts';
import { PageQuery, pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/courses.ts';
import { MembersBody, MembersSchema } from '../schemas/people.ts';

const who = 'course.manage' as const;
const one = '/courses/:id';

function present({ instructors, ...course }: CourseView) {
  return { ...course, instructors: [...instructors] };
}

function presentDetail({ people, mayAppoint, ...course }: CourseDetailView) {
  return { ...present(course), people: [...people] };
}

const listCourses = defineOperation({
  ...{ id: 'listCourses', method: 'get', path: '/courses', who },
  summary: 'The courses that one teaches; for administrators, all.',
  query: PageQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.CourseSchema) } },
  run: async ({ services, me, query }) => ({
    status: 200,
    body: pageOfAll((await services.listCourses(me)).map(present), query),
  }),
});

const getCourse = defineOperation({
  ...{ id: 'getCourse', method: 'get', path: one, who },
  summary: 'One course with its people.',
  answers: { 200: { description: 'The course.', schema: schema.CourseDetailSchema } },
  async run({ services, me, req }) {
    return { status: 200, body: presentDetail(await services.inspectCourse(me, idIn(req.params.id))) };
  },
});

const addCourse = defineOperation({
  ...{ id: 'addCourse', method: 'post', path: '/courses', who: 'user.manage' },
  summary: 'Makes a group of ordinary users a course.',
  body: schema.NewCourseBody,
  answers: { 201: { description: 'The course.', schema: schema.CourseDetailSchema } },
  async run({ services, me, body, once }) {
    const { id } = await services.addCourse(me, body, once);
    const course = await services.inspectCourse(me, id);
    return { status: 201, body: presentDetail(course), headers: { location: `/api/v1/courses/${id}` } };
  },
});

const editCourse = defineOperation({
  ...{ id: 'editCourse', method: 'patch', path: one, who },
  summary: 'Changes a course; what is absent stays.',
  body: schema.CourseChangesBody,
  answers: { 200: { description: 'The course.', schema: schema.CourseDetailSchema } },
  async run({ services, me, req, body }) {
    const id = idIn(req.params.id);
    await services.editCourse(me, id, body);
    return { status: 200, body: presentDetail(await services.inspectCourse(me, id)) };
  },
});

const changeRoster = defineOperation({
  ...{ id: 'changeRoster', method: 'post', path: `${one}/members`, who, large: true },
  summary: 'Puts people into a course and takes them out, by login.',
  body: MembersBody,
  answers: { 200: { description: 'What became of each.', schema: MembersSchema } },
  async run({ services, me, req, body, once }) {
    const rows = await services.changeRoster(me, idIn(req.params.id), body, once);
    return { status: 200, body: { rows: [...rows] } };
  },
});

const removeCourse = defineOperation({
  ...{ id: 'removeCourse', method: 'delete', path: one, who: 'user.manage' },
  summary: 'Makes a course an ordinary group again (409 `group.in-use` while seats are asked for or held).',
  answers: { 204: { description: 'It is a group.' } },
  async run({ services, me, req }) {
    await services.removeCourse(me, idIn(req.params.id));
    return { status: 204 };
  },
});

const listBudgets = defineOperation({
  ...{ id: 'listBudgets', method: 'get', path: '/budgets', who: 'own-account' },
  summary: 'The hours that one has for one’s courses within their terms, and how many are left.',
  query: PageQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.BudgetSchema) } },
  run: async ({ services, me, query }) => ({
    status: 200,
    body: pageOfAll([...(await services.listBudgets(me))], query),
  }),
});

export const courseOperations: readonly Operation[] = [
  listCourses,
  addCourse,
  getCourse,
  editCourse,
  changeRoster,
  removeCourse,
  listBudgets,
];
