import type { Request, Response } from 'express';
import { makeFrame } from '../../frame.ts';
import { idIn } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import { renderRegion, sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { wallPage, wallRegion } from './wall.ts';

const who = 'block.ask' as const;
const one = '/blocks/:id/dates/:date';

export const wallRoutes: readonly Route[] = [
  { method: 'get', path: one, who, handle: getWall },
  { method: 'get', path: `${one}/events`, who, handle: getEvents },
  { method: 'post', path: '/classes/:id/claim', who: 'signed-in', handle: postClaim },
];

async function getWall(web: Web, req: Request, res: Response): Promise<void> {
  const page = wallPage(await web.services.wall(meOf(res), idIn(req.params.id), idIn(req.params.date)));
  const head = { title: page.title, scripts: ['js/live.js'], refresh: 10 };
  const { version } = renderRegion(web, makeFrame(web, res, head), 'blocks/tiles', page);
  sendPage(web, res, 'blocks/wall', head, { ...page, version });
}

async function getEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const [id, date] = [idIn(req.params.id), idIn(req.params.date)];
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchWall(me, id, date, changed)],
    async send(stream) {
      const region = wallRegion(await web.services.wall(me, id, date));
      const tiles = renderRegion(web, makeFrame(web, res, { title: '' }), 'blocks/tiles', region);
      stream.write({ data: { now: Date.now(), regions: [tiles] } });
      return true;
    },
  });
}

/** One's seat of a class: its page says Connect as soon as it is theirs. */
async function postClaim(web: Web, req: Request, res: Response): Promise<void> {
  const { id } = await web.services.claim(meOf(res), idIn(req.params.id));
  res.redirect(303, `/reservations/${id}`);
}
