import type { Request, Response } from 'express';
import { z } from 'zod';
import { makeClock } from '../../clock.ts';
import { idIn, line, nameIn, parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyText } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { type AnnouncementForm, announcementsPage, attentionPage } from './pages.ts';

export const attentionRoutes: readonly Route[] = [
  { method: 'get', path: '/attention', who: 'attention.read', handle: getAttention },
  { method: 'post', path: '/attention/:item/retry', who: 'attention.read', handle: postRetry },
  { method: 'get', path: '/announcements', who: 'announcement.manage', handle: getAnnouncements },
  { method: 'post', path: '/announcements', who: 'announcement.manage', handle: postAnnouncement },
  { method: 'post', path: '/announcements/:id/withdraw', who: 'announcement.manage', handle: postWithdraw },
];

async function getAttention(web: Web, _req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const page = attentionPage(await web.services.attention(me), makeClock(me.timeZone));
  sendPage(web, res, 'attention/list', { title: 'Needs attention' }, page);
}

async function postRetry(web: Web, req: Request, res: Response): Promise<void> {
  await web.services.retryAttention(meOf(res), nameIn(req.params.item));
  res.redirect(303, saying('/attention', 'trying-again'));
}

async function getAnnouncements(web: Web, _req: Request, res: Response): Promise<void> {
  await showAnnouncements(web, res, { text: '', until: '', refusal: null });
}

async function showAnnouncements(web: Web, res: Response, form: AnnouncementForm): Promise<void> {
  const me = meOf(res);
  const page = announcementsPage(await web.services.listAnnouncements(), form, makeClock(me.timeZone));
  sendPage(web, res, 'attention/announcements', { title: 'Announcements' }, page);
}

const Announcement = z.object({ text: line(500, 'The text'), until: z.string().max(30).default('') });

async function postAnnouncement(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  try {
    const { text, until } = parse(Announcement, req.body);
    await web.services.announce(
      me,
      text,
      until === '' ? null : endOf(until, makeClock(me.timeZone).fromLocalInput),
    );
    res.redirect(303, saying('/announcements', 'announced'));
  } catch (error) {
    await showAnnouncements(web, res, {
      text: bodyText(req, 'text', 10_000),
      until: bodyText(req, 'until'),
      refusal: refusalOf(error, res),
    });
  }
}

function endOf(typed: string, read: (typed: string) => number): number {
  return parse(z.object({ until: z.number('must be a date and a time.') }), { until: read(typed) }).until;
}

async function postWithdraw(web: Web, req: Request, res: Response): Promise<void> {
  await web.services.withdrawAnnouncement(meOf(res), idIn(req.params.id));
  res.redirect(303, saying('/announcements', 'withdrawn'));
}
