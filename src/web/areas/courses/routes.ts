import type { Request, Response } from 'express';
import { may } from '../../../domain/may.ts';
import { makeClock } from '../../clock.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyAgain, bodyOf, type Typed } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { type Members, postMembers } from '../people/members.ts';
import { CourseForm, NewCourseForm } from './forms.ts';
import { type CourseOver, courseForm, coursePage, coursesPage } from './pages.ts';

const who = 'course.manage' as const;
const one = '/courses/:id';
const change: Members['change'] = (web, res, id, changes) =>
  web.services.changeRoster(meOf(res), id, changes);

export const courseRoutes: readonly Route[] = [
  { method: 'get', path: '/courses', who, handle: getCourses },
  { method: 'get', path: '/courses/add', who: 'user.manage', handle: getAdd },
  { method: 'post', path: '/courses/add', who: 'user.manage', handle: postAdd },
  { method: 'get', path: one, who, handle: (web, req, res) => show(web, res, idIn(req.params.id)) },
  { method: 'post', path: one, who, handle: postCourse },
  { method: 'post', path: `${one}/members`, who, handle: postMembers({ change, show }), large: true },
  { method: 'get', path: `${one}/remove`, who: 'user.manage', handle: getRemove },
  { method: 'post', path: `${one}/remove`, who: 'user.manage', handle: postRemove },
];

async function getCourses(web: Web, _req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const page = coursesPage(await web.services.listCourses(me), may(me, 'user.manage'));
  sendPage(web, res, 'courses/list', { title: 'Courses' }, page);
}

function getAdd(web: Web, req: Request, res: Response): Promise<void> {
  return showAdd(web, res, req.query as Record<string, unknown>, null);
}

async function showAdd(web: Web, res: Response, typed: Typed, refusal: Refusal | null): Promise<void> {
  const me = meOf(res);
  const courses = new Set((await web.services.listCourses(me)).map(({ id }) => id));
  const groups = (await web.services.listGroups(me))
    .filter(({ id, role }) => role === 'user' && !courses.has(id))
    .map(({ name }) => name);
  const { zone } = makeClock(me.timeZone);
  const empty = {
    group: '',
    timeZone: zone,
    termFrom: '',
    termUntil: '',
    instructors: '',
    ownSeats: '',
    budgetHours: '',
  };
  const form = courseForm(empty, typed, groups);
  sendPage(web, res, 'courses/add', { title: 'Make a group a course' }, { form, refusal });
}

async function postAdd(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { id } = await web.services.addCourse(meOf(res), parse(NewCourseForm, req.body));
    res.redirect(303, saying(`/courses/${id}`, 'saved'));
  } catch (error) {
    await showAdd(web, res, bodyOf(req), refusalOf(error, res));
  }
}

async function show(web: Web, res: Response, id: number, over: CourseOver = {}): Promise<void> {
  const course = await web.services.inspectCourse(meOf(res), id);
  sendPage(web, res, 'courses/show', { title: course.name }, coursePage(course, over));
}

async function postCourse(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.editCourse(meOf(res), id, parse(CourseForm, req.body));
    res.redirect(303, saying(`/courses/${id}`, 'saved'));
  } catch (error) {
    const refusal = refusalOf(error, res);
    const fields = bodyAgain(req, refusal);
    await show(web, res, id, { refusal, fields, refused: 'course' });
  }
}

async function getRemove(web: Web, req: Request, res: Response): Promise<void> {
  const { id, name, blocks } = await web.services.inspectCourse(meOf(res), idIn(req.params.id));
  if (blocks > 0) return show(web, res, id);
  const question = `Make ${name} an ordinary group again?`;
  const lost = 'Its people stay in the group. Who teaches it and when its term is are forgotten.';
  const page = { question, lost, action: `/courses/${id}/remove`, button: 'Do it', back: `/courses/${id}` };
  sendPage(web, res, 'reservations/confirm', { title: question }, page);
}

async function postRemove(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.removeCourse(meOf(res), id);
    res.redirect(303, saying('/courses', 'course-removed'));
  } catch (error) {
    await show(web, res, id, { refusal: refusalOf(error, res), refused: 'course' });
  }
}
