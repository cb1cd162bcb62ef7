import type { Request, Response } from 'express';
import type { ReservationView, SignedIn } from '../../../services/views.ts';
import { idIn, parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import type { Handler, Route } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { getCalendar } from './calendar.ts';
import { getCapture, postCapture } from './capture.ts';
import { changeAgain, getChange, getChangeVerdict, postChange } from './change.ts';
import {
  getConfirmAnother,
  getConfirmEnd,
  getConfirmGiveUp,
  getConfirmReboot,
  getConfirmReinstall,
} from './confirm.ts';
import { getDownload } from './download.ts';
import { getEvents } from './events.ts';
import { EndForm, EndMoveForm, TicketForm } from './forms.ts';
import { getReservations } from './list.ts';
import { showReservation } from './show.ts';
import { getTerminal } from './terminal.ts';

const one = '/reservations/:id';

export const reservationRoutes: readonly Route[] = [
  { method: 'get', path: '/reservations', who: 'signed-in', handle: getReservations },
  { method: 'get', path: one, who: 'signed-in', handle: getReservation },
  { method: 'get', path: `${one}/events`, who: 'signed-in', handle: getEvents },
  { method: 'get', path: `${one}/terminal`, who: 'signed-in', handle: getTerminal },
  { method: 'get', path: `${one}/download`, who: 'signed-in', handle: getDownload },
  { method: 'get', path: `${one}/calendar.ics`, who: 'signed-in', handle: getCalendar },
  { method: 'get', path: `${one}/change`, who: 'signed-in', handle: getChange },
  { method: 'get', path: `${one}/change/verdict`, who: 'signed-in', handle: getChangeVerdict },
  {
    method: 'post',
    path: `${one}/change`,
    who: 'signed-in',
    handle: postChange,
    whenStale: changeAgain,
  },
  { method: 'get', path: `${one}/end`, who: 'signed-in', handle: getConfirmEnd },
  { method: 'get', path: `${one}/another`, who: 'signed-in', handle: getConfirmAnother },
  { method: 'get', path: `${one}/reboot`, who: 'signed-in', handle: getConfirmReboot },
  { method: 'get', path: `${one}/reinstall`, who: 'signed-in', handle: getConfirmReinstall },
  { method: 'get', path: `${one}/capture`, who: 'image.create', handle: getCapture },
  { method: 'get', path: `${one}/give-up`, who: 'signed-in', handle: getConfirmGiveUp },
  {
    method: 'post',
    path: `${one}/capture`,
    who: 'image.create',
    handle: postCapture,
    whenStale: (web, req, res) => getCapture(web, req, res),
  },
  {
    method: 'post',
    path: `${one}/capture-again`,
    who: 'signed-in',
    handle: act((web, me, id) => web.services.retryCapture(me, id)),
  },
  {
    method: 'post',
    path: `${one}/give-up`,
    who: 'signed-in',
    handle: act((web, me, id) => web.services.giveUpCapture(me, id)),
  },
  { method: 'post', path: `${one}/ticket`, who: 'signed-in', handle: postTicket },
  {
    method: 'post',
    path: `${one}/connect`,
    who: 'signed-in',
    handle: act((web, me, id, req) => web.services.connect(me, id, req.ip ?? '')),
  },
  { method: 'post', path: `${one}/accept`, who: 'signed-in', handle: act(accept) },
  { method: 'post', path: `${one}/extend`, who: 'signed-in', handle: act(extend, 'extended') },
  { method: 'post', path: `${one}/shorten`, who: 'signed-in', handle: act(shorten, 'shortened') },
  {
    method: 'post',
    path: `${one}/keep`,
    who: 'signed-in',
    handle: act((web, me, id) => web.services.keep(me, id), 'kept'),
  },
  {
    method: 'post',
    path: `${one}/reboot`,
    who: 'signed-in',
    handle: act((web, me, id) => web.services.reboot(me, id)),
  },
  {
    method: 'post',
    path: `${one}/reinstall`,
    who: 'signed-in',
    handle: act((web, me, id) => web.services.reinstall(me, id)),
  },
  {
    method: 'post',
    path: `${one}/start`,
    who: 'signed-in',
    handle: act((web, me, id) => web.services.startMachine(me, id)),
  },
  {
    method: 'post',
    path: `${one}/another`,
    who: 'signed-in',
    handle: act((web, me, id) => web.services.takeAnother(me, id)),
  },
  {
    method: 'post',
    path: `${one}/end`,
    who: 'signed-in',
    handle: act((web, me, id, req) => web.services.endReservation(me, id, parse(EndForm, req.body).reason)),
  },
  { method: 'post', path: `${one}/notices/:notice/dismiss`, who: 'signed-in', handle: postDismiss },
];

type Act = (web: Web, me: SignedIn, id: number, req: Request) => Promise<unknown>;

/** Calls one service and goes back to the reservation; a refusal is shown there. */
function act(call: Act, said?: Said): Handler {
  return async (web, req, res) => {
    const me = meOf(res);
    const id = idIn(req.params.id);
    try {
      await call(web, me, id, req);
      res.redirect(303, said === undefined ? `/reservations/${id}` : saying(`/reservations/${id}`, said));
    } catch (error) {
      await showReservation(web, res, id, refusalOf(error, res));
    }
  };
}

function accept(web: Web, me: SignedIn, id: number): Promise<ReservationView> {
  return web.services.acceptOffer(me, id);
}

function extend(web: Web, me: SignedIn, id: number, req: Request): Promise<ReservationView> {
  return web.services.extend(me, id, parse(EndMoveForm, req.body).minutes);
}

function shorten(web: Web, me: SignedIn, id: number, req: Request): Promise<ReservationView> {
  return web.services.shorten(me, id, parse(EndMoveForm, req.body).minutes);
}

/** Back to where it was read: Home or the reservation. */
async function postDismiss(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  await web.services.dismissNotice(meOf(res), idIn(req.params.notice));
  res.redirect(303, req.body?.from === 'home' ? '/' : `/reservations/${id}`);
}

async function getReservation(web: Web, req: Request, res: Response): Promise<void> {
  await showReservation(web, res, idIn(req.params.id));
}

/** For our own scripts alone: a ticket for one of the gateway's doors. */
async function postTicket(web: Web, req: Request, res: Response): Promise<void> {
  const { purpose, machine } = parse(TicketForm, req.body);
  const id = idIn(req.params.id);
  res.json({ ticket: await web.services.ticket(meOf(res), id, purpose, req.ip ?? '', machine) });
}
