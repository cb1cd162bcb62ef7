import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import { may } from '../../../domain/may.ts';
import { makeClock } from '../../clock.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyOf, type Typed } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { newServerForm, serverForm } from './forms.ts';
import { serverFormPage, serverLine } from './pages.ts';

const who = 'signed-in' as const;

export const serverRoutes: readonly Route[] = [
  { method: 'get', path: '/servers', who, handle: getServers },
  { method: 'get', path: '/servers/new', who, handle: (web, _req, res) => showNew(web, res, {}, null) },
  { method: 'post', path: '/servers/new', who, handle: postNew },
  {
    ...{ method: 'get', path: '/servers/:id', who },
    handle: (web, req, res) => showOne(web, res, idIn(req.params.id), {}, null),
  },
  { method: 'post', path: '/servers/:id', who, handle: postServer },
];

const perPage = 50;

async function getServers(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const all = may(me, 'reservation.read');
  const everybody = all && req.query.whose !== 'mine';
  const cursor = typeof req.query.cursor === 'string' ? req.query.cursor : undefined;
  const found = await web.services.listServers(me, { limit: perPage, cursor, everybody });
  const mine = all && !everybody ? 'whose=mine&' : '';
  const page = {
    rows: found.items.map((one) => serverLine(one, clock)),
    mayTake: me.role === 'administrator' || me.limits.servers !== 0,
    whose: all ? { everybody } : null,
    next: found.next === null ? null : `/servers?${mine}cursor=${encodeURIComponent(found.next)}`,
  };
  sendPage(web, res, 'servers/list', { title: 'Servers' }, page);
}

async function showNew(web: Web, res: Response, typed: Typed, refusal: Refusal | null): Promise<void> {
  const me = meOf(res);
  const choices = await web.services.serverChoices(me);
  const page = serverFormPage({ server: null, choices, typed, refusal }, makeClock(me.timeZone));
  sendPage(web, res, 'servers/form', { title: page.title }, page);
}

async function postNew(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  try {
    const { id } = await web.services.takeServer(me, parse(newServerForm(makeClock(me.timeZone)), req.body));
    res.redirect(303, `/reservations/${id}`);
  } catch (error) {
    await showNew(web, res, bodyOf(req), refusalOf(error, res));
  }
}

async function showOne(
  web: Web,
  res: Response,
  id: number,
  typed: Typed,
  refusal: Refusal | null,
): Promise<void> {
  const me = meOf(res);
  const server = await web.services.getReservation(me, id);
  if (server.server === null || !server.can.end) throw new LabError('not-found');
  const choices = await web.services.serverChoices(me);
  const page = serverFormPage({ server, choices, typed, refusal }, makeClock(me.timeZone));
  sendPage(web, res, 'servers/form', { title: page.title }, page);
}

async function postServer(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const id = idIn(req.params.id);
  try {
    await web.services.changeServer(me, id, parse(serverForm(makeClock(me.timeZone)), req.body));
    res.redirect(303, saying(`/reservations/${id}`, 'changed'));
  } catch (error) {
    await showOne(web, res, id, bodyOf(req), refusalOf(error, res));
  }
}
