/** Machines that started from the network and are no nodes: to be named, or to be ignored. */

import type { Request, Response } from 'express';
import { may } from '../../../domain/may.ts';
import { timeNow } from '../../../lib/clock.ts';
import { makeClock } from '../../clock.ts';
import { makeFrame } from '../../frame.ts';
import { idIn } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import { renderRegion, sendPage } from '../../render.ts';
import type { Handler } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { discoveredPage } from './discovered-page.ts';

/** As many as a pool keeps. */
const limit = 1_000;
const head = { title: 'Discovered machines', scripts: ['js/live.js'] };

export async function getDiscovered(web: Web, _req: Request, res: Response): Promise<void> {
  const { page, region } = await look(web, res);
  sendPage(web, res, 'nodes/discovered', head, { ...page, version: region.version });
}

export async function getDiscoveredEvents(web: Web, req: Request, res: Response): Promise<void> {
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchDiscovered(meOf(res), changed)],
    async send(stream) {
      const { region } = await look(web, res);
      stream.write({ data: { now: timeNow(), regions: [region] } });
      return true;
    },
  });
}

/** `ignored`: that it is none of ours; else that it may be one after all. */
export function postIgnored(ignored: boolean): Handler {
  return async (web, req: Request, res: Response) => {
    await web.services.ignoreMachine(meOf(res), idIn(req.params.id), ignored);
    res.redirect(303, '/nodes/discovered');
  };
}

async function look(web: Web, res: Response) {
  const me = meOf(res);
  const { items } = await web.services.listDiscovered(me, { limit });
  const page = discoveredPage(items, makeClock(me.timeZone), may(me, 'node.manage'));
  const frame = makeFrame(web, res, head);
  return { page, region: renderRegion(web, frame, 'nodes/discovered-rows', { ...page, version: '' }) };
}
