import type { Request, Response } from 'express';
import { z } from 'zod';
import type { MaintenanceWish } from '../../../services/closing-services.ts';
import { type Clock, makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { idIn, parse } from '../../input.ts';
import { askedList } from '../../list.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyAgain, bodyOf, type Typed } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { namesTyped, nodesKind } from '../schedules/forms.ts';
import {
  maintenanceForm,
  maintenancePage,
  maintenancesPage,
  type NewMaintenancePage,
  nodesOfWindow,
  previewPart,
} from './pages.ts';

const who = 'calendar.manage' as const;
const one = '/maintenance/:id';

export const maintenanceRoutes: readonly Route[] = [
  { method: 'get', path: '/maintenance', who, handle: list },
  { method: 'get', path: '/maintenance/new', who, handle: (web, req, res) => showNew(web, res, req.query) },
  { method: 'post', path: '/maintenance/new', who, handle: postNew },
  { method: 'get', path: one, who, handle: (web, req, res) => show(web, res, idIn(req.params.id)) },
  { method: 'post', path: one, who, handle: postEdit },
  { method: 'get', path: `${one}/end`, who, handle: getEnd },
  { method: 'post', path: `${one}/end`, who, handle: postEnd },
];

const clockOf = (res: Response): Clock => makeClock(meOf(res).timeZone);

async function list(web: Web, _req: Request, res: Response): Promise<void> {
  const all = await web.services.listMaintenance(meOf(res));
  sendPage(web, res, 'maintenance/list', { title: 'Maintenance' }, maintenancesPage(all, clockOf(res)));
}

function showNew(web: Web, res: Response, typed: Typed, over: Partial<NewMaintenancePage> = {}): void {
  const page = { form: maintenanceForm(typed, clockOf(res)), preview: null, refusal: null, ...over };
  sendPage(web, res, 'maintenance/new', { title: 'Plan maintenance' }, page);
}

const times = {
  reason: z.string('Say what is done.').max(1_000, 'Much too long.'),
  from: z.string('Say when it begins.').max(40),
  until: z.string('Say when it is over.').max(40),
  bookings: z.enum(['tell', 'end'], 'Please choose.'),
};
const NewForm = z.object({
  ...{ ...times, kind: nodesKind, named: namesTyped },
  step: z.enum(['preview', 'plan']).default('preview'),
});
const EditForm = z.object({
  ...times,
  version: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
});

function timesIn(typed: { readonly from: string; readonly until: string }, clock: Clock) {
  return {
    from: clock.fromLocalInput(typed.from),
    until: clock.fromLocalInput(typed.until),
    timeZone: clock.zone,
  };
}

/** What it would do is shown first; it is planned by a second button. */
async function postNew(web: Web, req: Request, res: Response): Promise<void> {
  const typed = bodyOf(req);
  const clock = clockOf(res);
  try {
    const { step, kind, named, reason, bookings, ...local } = parse(NewForm, typed);
    const wish: MaintenanceWish = { reason, bookings, nodes: { kind, named }, ...timesIn(local, clock) };
    if (step === 'plan') {
      const { id } = await web.services.addMaintenance(meOf(res), wish);
      return res.redirect(303, saying(`/maintenance/${id}`, 'maintenance-planned'));
    }
    const preview = await web.services.previewMaintenance(meOf(res), wish);
    showNew(web, res, typed, { preview: previewPart(preview, clock) });
  } catch (error) {
    showNew(web, res, typed, { refusal: refusalOf(error, res) });
  }
}

type Over = Parameters<typeof maintenancePage>[2];

async function show(web: Web, res: Response, id: number, over: Over = {}): Promise<void> {
  const asked = askedList(nodesOfWindow(id), res.req.query);
  const window = await web.services.getMaintenance(meOf(res), id, asked);
  if (asked.csv) {
    const cells = window.affected.map(({ id: node, name, state, part }) => [node, name, state, part]);
    return sendCsv(res, 'maintenance', ['id', 'node', 'state', 'part'], cells);
  }
  const page = maintenancePage(window, asked, over, clockOf(res));
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  const refresh = window.waiting > 0 ? 5 : null;
  sendPage(web, res, 'maintenance/show', { title: window.reason, refresh }, page);
}

async function postEdit(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    const { version, reason, bookings, ...local } = parse(EditForm, req.body);
    const changes = { version, reason, bookings, ...timesIn(local, clockOf(res)) };
    await web.services.editMaintenance(meOf(res), id, changes);
    res.redirect(303, saying(`/maintenance/${id}`, 'saved'));
  } catch (error) {
    const refusal = refusalOf(error, res);
    const fields = bodyAgain(req, refusal);
    await show(web, res, id, { refusal, fields });
  }
}

async function getEnd(web: Web, req: Request, res: Response): Promise<void> {
  const { id, phase } = await web.services.getMaintenance(meOf(res), idIn(req.params.id));
  const planned = phase === 'planned';
  const question = planned ? 'Cancel this maintenance?' : 'End this maintenance now?';
  const lost = planned
    ? 'Its nodes can be booked in that time again. Bookings that were moved stay where they are.'
    : 'Its nodes are loaded anew and come back into service.';
  const button = planned ? 'Cancel it' : 'End it';
  const page = { question, lost, button, action: `/maintenance/${id}/end`, back: `/maintenance/${id}` };
  sendPage(web, res, 'reservations/confirm', { title: question }, page);
}

async function postEnd(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.endMaintenance(meOf(res), id);
    res.redirect(303, saying(`/maintenance/${id}`, 'maintenance-ended'));
  } catch (error) {
    await show(web, res, id, { refusal: refusalOf(error, res) });
  }
}
