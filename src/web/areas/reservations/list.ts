import type { Request, Response } from 'express';
import { may } from '../../../domain/may.ts';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { askedList } from '../../list.ts';
import { sendPage } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import {
  isReservationGroup,
  reservationCells,
  reservationHeads,
  reservationsList,
  reservationsPage,
} from './list-page.ts';

/** Everybody's for administrators, for others their own. */
export async function getReservations(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const asked = askedList(reservationsList, req.query);
  const { state, from, to, ...words } = asked.filter;
  const found = await web.services.findReservations(me, {
    ...asked,
    filter: {
      ...words,
      state: isReservationGroup(state) ? state : undefined,
      from: clock.timeIn(from),
      to: clock.timeIn(to),
    },
  });
  if (asked.csv) return sendCsv(res, 'reservations', reservationHeads, found.items.map(reservationCells));
  const reader = { name: me.name, all: may(me, 'reservation.read') };
  const page = reservationsPage(asked, found, reader, clock);
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  sendPage(web, res, 'reservations/list', { title: 'Reservations' }, page);
}
