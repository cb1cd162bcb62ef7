import type { Request, Response } from 'express';
import { timeNow } from '../../../lib/clock.ts';
import { idIn } from '../../input.ts';
import { sendPage } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { lostByGivingUp } from './capture-panel.ts';
import { endingOf, lostByAnother, lostByEnding, lostByRebooting, lostByReinstalling } from './ending.ts';

/** Asks once, and says what will be lost. */
export async function getConfirmEnd(web: Web, req: Request, res: Response): Promise<void> {
  const reservation = await web.services.getReservation(meOf(res), idIn(req.params.id));
  const { id, user } = reservation;
  const { question, button } = endingOf(reservation, timeNow());
  const page = {
    question,
    lost: lostByEnding(reservation),
    action: `/reservations/${id}/end`,
    button,
    back: `/reservations/${id}`,
    ...(user.id === meOf(res).id ? {} : { tells: user.name }),
  };
  sendPage(web, res, 'reservations/confirm', { title: page.question }, page);
}

export async function getConfirmGiveUp(web: Web, req: Request, res: Response): Promise<void> {
  const { id, capture } = await web.services.getReservation(meOf(res), idIn(req.params.id));
  if (capture?.failure == null) return res.redirect(303, `/reservations/${id}`);
  const page = {
    question: `Give up saving ${capture.image.title}?`,
    lost: lostByGivingUp,
    action: `/reservations/${id}/give-up`,
    button: 'Give up',
    back: `/reservations/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: page.question }, page);
}

export async function getConfirmReboot(web: Web, req: Request, res: Response): Promise<void> {
  const { id, image } = await web.services.getReservation(meOf(res), idIn(req.params.id));
  const page = {
    question: `Reboot ${image.title}?`,
    lost: lostByRebooting,
    action: `/reservations/${id}/reboot`,
    button: 'Reboot',
    keep: 'Not now',
    back: `/reservations/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: page.question }, page);
}

export async function getConfirmAnother(web: Web, req: Request, res: Response): Promise<void> {
  const { id, can } = await web.services.getReservation(meOf(res), idIn(req.params.id));
  if (!can.another) return res.redirect(303, `/reservations/${id}`);
  const page = {
    question: 'Another machine?',
    lost: lostByAnother,
    action: `/reservations/${id}/another`,
    button: 'Give me another machine',
    keep: 'Not now',
    back: `/reservations/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: page.question }, page);
}

export async function getConfirmReinstall(web: Web, req: Request, res: Response): Promise<void> {
  const { id, image } = await web.services.getReservation(meOf(res), idIn(req.params.id));
  const page = {
    question: `Install ${image.title} anew?`,
    lost: lostByReinstalling,
    action: `/reservations/${id}/reinstall`,
    button: 'Install anew',
    back: `/reservations/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: page.question }, page);
}
