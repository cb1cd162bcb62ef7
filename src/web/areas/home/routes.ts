import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { pass, timeNow } from '../../../lib/clock.ts';
import type { ClassView } from '../../../services/block-views.ts';
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
  const region = homePage(home, classes, me.displayName, makeClock(me.timeZone), randomUUID());
  const page = { ...region, isLive: isLive(region, classes) };
  const head = { title: 'Home', scripts: ['js/live.js'], refresh: page.isLive ? 15 : null };
  const { version } = renderRegion(web, makeFrame(web, res, head), 'home/machines', page);
  sendPage(web, res, 'home/show', head, { ...page, version });
}

/** Something of it may change by itself. */
function isLive({ machines, servers, waiting }: MachinesRegion, classes: readonly ClassView[]): boolean {
  return machines.length + servers.length + waiting.length > 0 || nextOpening(classes) !== undefined;
}

/** When the seats of the next class can be taken that cannot be yet. */
function nextOpening(classes: readonly ClassView[]): number | undefined {
  return classes.find(({ isOpen, isEnding }) => !isOpen && !isEnding)?.opens;
}

/** The cards again, whenever one of the machines has changed, or a class has opened. */
async function getEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  let changed = () => {};
  let awaiting = new AbortController();
  const wakeAt = (at: number | undefined) => {
    awaiting.abort();
    awaiting = new AbortController();
    if (at !== undefined) void pass(at - timeNow(), awaiting.signal).then(changed, () => undefined);
  };
  await openPageStream(web, req, res, {
    watch: async (wake) => {
      changed = wake;
      return [await web.services.watchHome(me, wake), () => awaiting.abort()];
    },
    async send(stream) {
      const classes = await web.services.ownClasses(me);
      const region = machinesRegion(await web.services.ownMachines(me), classes, makeClock(me.timeZone));
      wakeAt(nextOpening(classes));
      const machines = renderRegion(web, makeFrame(web, res, { title: 'Home' }), 'home/machines', region);
      stream.write({
        data: { now: timeNow(), regions: [machines] },
      });
      return isLive(region, classes);
    },
  });
}

/** What stands on Home alone. */
async function postDismiss(web: Web, req: Request, res: Response): Promise<void> {
  await web.services.dismissNotice(meOf(res), idIn(req.params.notice));
  res.redirect(303, '/');
}
