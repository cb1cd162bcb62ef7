import type { Request, Response } from 'express';
import { timeNow } from '../../../lib/clock.ts';
import { makeClock } from '../../clock.ts';
import { makeFrame } from '../../frame.ts';
import { idIn } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import { renderRegion, sendPage, versionsOf } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { type NodePage, nodePage } from './node-page.ts';

/** The parts of the page that change while it is looked at. */
const regionNames = ['head', 'doing', 'facts', 'commission', 'cleaning', 'loads', 'happened'] as const;

export async function getNode(web: Web, req: Request, res: Response): Promise<void> {
  const page = await pageOf(web, req, res);
  const versions = versionsOf(regions(web, res, page));
  const head = { title: page.name, scripts: ['js/live.js', 'js/console.js'] };
  sendPage(web, res, 'nodes/show', head, { ...page, versions });
}

/** The parts as they are now, and again whenever something about the node has changed. */
export async function getNodeEvents(web: Web, req: Request, res: Response): Promise<void> {
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchNode(meOf(res), idIn(req.params.id), changed)],
    async send(stream) {
      const page = await pageOf(web, req, res);
      stream.write({ data: { now: timeNow(), regions: regions(web, res, page) } });
      return true;
    },
  });
}

async function pageOf(web: Web, req: Request, res: Response): Promise<NodePage> {
  const me = meOf(res);
  return nodePage(await web.services.inspectNode(me, idIn(req.params.id)), makeClock(me.timeZone));
}

function regions(web: Web, res: Response, page: NodePage) {
  const frame = makeFrame(web, res, { title: page.name });
  return regionNames.map((name) => renderRegion(web, frame, `nodes/${name}`, page));
}
