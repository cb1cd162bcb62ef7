import type { Request, Response } from 'express';
import { makeClock } from '../../clock.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyAgain, bodyOf, type Typed } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { AssignForm, ScheduleForm } from './forms.ts';
import { type ScheduleOver, scheduleForm, schedulePage, schedulesPage } from './pages.ts';

const who = 'calendar.manage' as const;
const one = '/schedules/:id';

export const scheduleRoutes: readonly Route[] = [
  { method: 'get', path: '/schedules', who, handle: list },
  { method: 'get', path: '/schedules/add', who, handle: (web, _req, res) => showAdd(web, res, {}, null) },
  { method: 'post', path: '/schedules/add', who, handle: postAdd },
  { method: 'get', path: one, who, handle: (web, req, res) => show(web, res, idIn(req.params.id)) },
  { method: 'post', path: one, who, handle: postEdit },
  { method: 'post', path: `${one}/nodes`, who, handle: postNodes },
  { method: 'get', path: `${one}/remove`, who, handle: getRemove },
  { method: 'post', path: `${one}/remove`, who, handle: postRemove },
];

async function list(web: Web, _req: Request, res: Response): Promise<void> {
  const all = await web.services.listSchedules(meOf(res));
  sendPage(web, res, 'schedules/list', { title: 'Schedules' }, schedulesPage(all));
}

function showAdd(web: Web, res: Response, typed: Typed, refusal: Refusal | null): void {
  const form = scheduleForm({ name: '', timeZone: makeClock(meOf(res).timeZone).zone, hours: [] }, typed);
  sendPage(web, res, 'schedules/add', { title: 'Add a schedule' }, { form, refusal });
}

async function postAdd(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { id } = await web.services.addSchedule(meOf(res), parse(ScheduleForm, req.body));
    res.redirect(303, saying(`/schedules/${id}`, 'saved'));
  } catch (error) {
    showAdd(web, res, bodyOf(req), refusalOf(error, res));
  }
}

async function show(web: Web, res: Response, id: number, over: ScheduleOver = {}): Promise<void> {
  const schedule = await web.services.getSchedule(meOf(res), id);
  const refresh = schedule.waiting > 0 ? 5 : null;
  sendPage(
    web,
    res,
    'schedules/show',
    { title: schedule.name, refresh },
    schedulePage(schedule, over, makeClock(meOf(res).timeZone)),
  );
}

async function postEdit(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.editSchedule(meOf(res), id, parse(ScheduleForm, req.body));
    res.redirect(303, saying(`/schedules/${id}`, 'saved'));
  } catch (error) {
    const refusal = refusalOf(error, res);
    const fields = bodyAgain(req, refusal);
    await show(web, res, id, { refusal, fields, refused: 'schedule' });
  }
}

async function postNodes(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    const { does, ...nodes } = parse(AssignForm, req.body);
    await web.services.assignSchedule(meOf(res), does === 'keep' ? id : null, nodes);
    res.redirect(303, saying(`/schedules/${id}`, 'saved'));
  } catch (error) {
    const fields = bodyOf(req);
    await show(web, res, id, { refusal: refusalOf(error, res), fields, refused: 'nodes' });
  }
}

async function getRemove(web: Web, req: Request, res: Response): Promise<void> {
  const { id, name } = await web.services.getSchedule(meOf(res), idIn(req.params.id));
  const question = `Remove ${name}?`;
  const lost = 'The nodes that keep it are open always from then on.';
  const page = {
    question,
    lost,
    action: `/schedules/${id}/remove`,
    button: 'Remove it',
    back: `/schedules/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: question }, page);
}

async function postRemove(web: Web, req: Request, res: Response): Promise<void> {
  await web.services.removeSchedule(meOf(res), idIn(req.params.id));
  res.redirect(303, saying('/schedules', 'schedule-removed'));
}
