import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { timeNow } from '../../../lib/clock.ts';
import { makeClock } from '../../clock.ts';
import { makeFrame } from '../../frame.ts';
import { idIn } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import { renderRegion, sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { homePage, type MachinesRegion, machinesRegion } from './pages.ts';

export const homeRoutes: readonly Route[] = [
  { method: 'get', path: '/', who: 'signed-in', handle: getHome },
  { method: 'get', path: '/home/events', who: 'signed-in', handle: getEvents },
  { method: 'post', path: '/notices/:notice/dismiss', who: 'signed-in', handle: postDismiss },
];

async function getHome(web: Web, _req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const home = await web.services.home(me);
  const classes = await web.services.ownClasses(me);
  const page = homePage(home, classes, me.displayName, makeClock(me.timeZone), randomUUID());
  const head = { title: 'Home', scripts: ['js/live.js'], refresh: isLive(page) ? 15 : null };
  const { version } = renderRegion(web, makeFrame(web, res, head), 'home/machines', page);
  sendPage(web, res, 'home/show', head, { ...page, version });
}

/** Something of it may change by itself. */
function isLive({ machines, servers, waiting }: MachinesRegion): boolean {
  return machines.length + servers.length + waiting.length > 0;
}

/** The cards again, whenever one of the machines has changed. */
async function getEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchHome(me, changed)],
    async send(stream) {
      const region = machinesRegion(await web.services.ownMachines(me), makeClock(me.timeZone));
      const machines = renderRegion(web, makeFrame(web, res, { title: 'Home' }), 'home/machines', region);
      stream.write({
        data: { now: timeNow(), regions: [machines] },
      });
      return isLive(region);
    },
  });
}

/** What stands on Home alone. */
async function postDismiss(web: Web, req: Request, res: Response): Promise<void> {
  await web.services.dismissNotice(meOf(res), idIn(req.params.notice));
  res.redirect(303, '/');
}
