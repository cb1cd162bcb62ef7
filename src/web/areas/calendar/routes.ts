import type { Request, Response } from 'express';
import { z } from 'zod';
import { horizonDays } from '../../../domain/limits.ts';
import { day } from '../../../domain/time.ts';
import { isDate, wallClock } from '../../../domain/wall-clock.ts';
import { makeClock } from '../../clock.ts';
import { parse } from '../../input.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { siteAddress } from '../environments/site-address.ts';
import { calendarPage } from './pages.ts';
import { getPublished } from './published.ts';
import { weekOf } from './week.ts';

export const calendarRoutes: readonly Route[] = [
  { method: 'get', path: '/calendar', who: 'signed-in', handle: getCalendar },
  { method: 'post', path: '/calendar/address', who: 'own-account', handle: postAddress },
  { method: 'post', path: '/calendar/address/revoke', who: 'own-account', handle: postRevoke },
  { method: 'post', path: '/calendar/invitations', who: 'own-account', handle: postInvitations },
  // the address is the secret: it lets in by itself
  { method: 'get', path: '/ical/:file', who: 'open', handle: getPublished },
];

async function getCalendar(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const { services } = web;
  const clock = makeClock(me.timeZone);
  const today = wallClock(clock.now, clock.zone).slice(0, 10);
  const asked = req.query.week;
  const week = weekOf(typeof asked === 'string' && isDate(asked) ? asked : today, clock.zone);
  const coming = await services.ownCalendar(me, { from: clock.now, until: clock.now + horizonDays * day });
  const entries = await services.ownCalendar(me, week);
  const address = await services.calendarAddress(me);
  const page = calendarPage({ coming, week, entries, address, email: me.email }, clock);
  sendPage(web, res, 'calendar/show', { title: 'My calendar', scripts: ['js/find-a-time.js'] }, page);
}

/** The one answer that is no redirect: the address is shown here and nowhere again. */
async function postAddress(web: Web, req: Request, res: Response): Promise<void> {
  const secret = await web.services.newCalendarAddress(meOf(res));
  const address = `${siteAddress(web, req)}/ical/${secret}.ics`;
  const webcal = address.replace(/^https?:/, 'webcal:');
  sendPage(web, res, 'calendar/address', { title: 'Your calendar address' }, { address, webcal });
}

async function postRevoke(web: Web, _req: Request, res: Response): Promise<void> {
  await web.services.revokeCalendarAddress(meOf(res));
  res.redirect(303, saying('/calendar', 'address-revoked'));
}

const InvitationsForm = z.object({ invited: z.enum(['yes', 'no'], 'Please choose.') });

async function postInvitations(web: Web, req: Request, res: Response): Promise<void> {
  const { invited } = parse(InvitationsForm, req.body);
  await web.services.setInvited(meOf(res), invited === 'yes');
  res.redirect(303, saying('/calendar', invited === 'yes' ? 'invited' : 'not-invited'));
}
