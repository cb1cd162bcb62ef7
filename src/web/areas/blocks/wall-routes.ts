import type { Request, Response } from 'express';
import { LabError } from '../../../domain/errors.ts';
import { timeNow } from '../../../lib/clock.ts';
import type { WallView } from '../../../services/block-views.ts';
import type { SignedIn } from '../../../services/views.ts';
import { type Frame, makeFrame } from '../../frame.ts';
import { idIn, parse } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { type Region, renderRegion, sendPage, versionsOf } from '../../render.ts';
import type { Route } from '../../route.ts';
import { type Said, saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { DoingForm, type DoingName, doingNames, doingOf, type TypedDoing } from './doings.ts';
import { type WallRegions, wallPage } from './wall.ts';

const who = 'block.ask' as const;
const one = '/blocks/:id/dates/:date';

export const wallRoutes: readonly Route[] = [
  { method: 'get', path: one, who, handle: getWall },
  { method: 'get', path: `${one}/events`, who, handle: getEvents },
  { method: 'get', path: `${one}/do/:what`, who, handle: getDoing },
  { method: 'post', path: `${one}/do/:what`, who, handle: postDoing },
];

async function getWall(web: Web, req: Request, res: Response): Promise<void> {
  const page = wallPage(await wallOf(web, req, res));
  const head = { title: page.title, scripts: ['js/live.js'], refresh: 10 };
  const versions = versionsOf(regions(web, makeFrame(web, res, head), page));
  sendPage(web, res, 'blocks/wall', head, { ...page, versions });
}

function regions(web: Web, frame: Frame, page: WallRegions): Region[] {
  return [renderRegion(web, frame, 'blocks/wall-head', page), renderRegion(web, frame, 'blocks/tiles', page)];
}

async function getEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const [id, date] = [idIn(req.params.id), idIn(req.params.date)];
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchWall(me, id, date, changed)],
    async send(stream) {
      const page = wallPage(await web.services.wall(me, id, date));
      const parts = regions(web, makeFrame(web, res, { title: '' }), page);
      stream.write({ data: { now: timeNow(), regions: parts } });
      return true;
    },
  });
}

function getDoing(web: Web, req: Request, res: Response): Promise<void> {
  return showDoing(web, req, res, null);
}

async function showDoing(
  web: Web,
  req: Request,
  res: Response,
  refusal: Refusal | null,
  form?: TypedDoing,
): Promise<void> {
  const wall = await wallOf(web, req, res);
  const doing = doingOf(wall, doingIn(req), form);
  const back = `/blocks/${wall.blockId}/dates/${wall.dateId}`;
  sendPage(web, res, 'blocks/doing', { title: doing.title }, { doing, course: wall.course, back, refusal });
}

function wallOf(web: Web, req: Request, res: Response): Promise<WallView> {
  return web.services.wall(meOf(res), idIn(req.params.id), idIn(req.params.date));
}

function doingIn(req: Request): DoingName {
  const found = doingNames.find((name) => name === req.params.what);
  if (!found) throw new LabError('not-found');
  return found;
}

type Act = (web: Web, me: SignedIn, id: number, date: number, form: TypedDoing) => Promise<unknown>;

/** What is no number is none of those that are taken. */
const whole = (text: string) => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN);

const acts: Readonly<Record<DoingName, readonly [Said, Act]>> = {
  say: ['class-told', ({ services }, me, id, date, { text }) => services.sayToClass(me, id, date, text)],
  extend: [
    'class-extended',
    ({ services }, me, id, date, { minutes }) => services.extendClass(me, id, date, whole(minutes)),
  ],
  extra: [
    'class-extra',
    ({ services }, me, id, date, { person, minutes, later }) =>
      services.giveExtra(me, id, date, { person, minutes: whole(minutes), later: later === '1' }),
  ],
  end: ['class-ended', ({ services }, me, id, date) => services.endClass(me, id, date)],
  'go-on': ['class-goes-on', ({ services }, me, id, date) => services.goOnWithClass(me, id, date)],
  another: [
    'class-another',
    ({ services }, me, id, date, { person }) => services.giveAnother(me, id, date, person),
  ],
  start: [
    'class-started',
    ({ services }, me, id, date, { person }) => services.startFor(me, id, date, person),
  ],
};

async function postDoing(web: Web, req: Request, res: Response): Promise<void> {
  const [said, act] = acts[doingIn(req)];
  const [id, date] = [idIn(req.params.id), idIn(req.params.date)];
  const form = parse(DoingForm, req.body);
  try {
    await act(web, meOf(res), id, date, form);
    res.redirect(303, saying(`/blocks/${id}/dates/${date}`, said));
  } catch (error) {
    await showDoing(web, req, res, refusalOf(error, res), form);
  }
}
