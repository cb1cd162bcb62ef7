import type { Request, Response } from 'express';
import { makeClock } from '../../clock.ts';
import { makeFrame } from '../../frame.ts';
import { idIn } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import { refusalOf } from '../../refusal.ts';
import { renderRegion, sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { classPage, classRegion } from './class-page.ts';

const who = 'signed-in' as const;
const one = '/classes/:id';

export const classRoutes: readonly Route[] = [
  { method: 'get', path: one, who, handle: (web, req, res) => showClass(web, req, res) },
  { method: 'get', path: `${one}/events`, who, handle: getEvents },
  { method: 'post', path: `${one}/claim`, who, handle: postClaim },
];

async function showClass(
  web: Web,
  req: Request,
  res: Response,
  refusal: ReturnType<typeof refusalOf> | null = null,
): Promise<void> {
  const me = meOf(res);
  const own = await web.services.ownClass(me, idIn(req.params.id));
  const page = classPage(own, makeClock(me.timeZone));
  const head = { title: page.title, scripts: ['js/live.js'], refresh: 10 };
  const { version } = renderRegion(web, makeFrame(web, res, head), 'blocks/seat', page);
  sendPage(web, res, 'blocks/class', head, { ...page, version, refusal });
}

async function getEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const id = idIn(req.params.id);
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchClass(me, id, changed)],
    async send(stream) {
      const clock = makeClock(me.timeZone);
      const region = classRegion(await web.services.ownClass(me, id), clock);
      const seat = renderRegion(web, makeFrame(web, res, { title: '' }), 'blocks/seat', region);
      stream.write({ data: { now: clock.now, regions: [seat] } });
      return true;
    },
  });
}

/** One's seat of a class: its page says Connect as soon as it is theirs. */
async function postClaim(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { id } = await web.services.claim(meOf(res), idIn(req.params.id));
    res.redirect(303, `/reservations/${id}`);
  } catch (error) {
    await showClass(web, req, res, refusalOf(error, res));
  }
}
