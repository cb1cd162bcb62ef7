import type { Request, Response } from 'express';
import { timeNow } from '../../../lib/clock.ts';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { type Frame, makeFrame } from '../../frame.ts';
import { type AskedList, addressOf, askedList } from '../../list.ts';
import { openPageStream } from '../../page-stream.ts';
import { type Region, renderRegion, sendPage, versionsOf } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { nodeCells, nodeHeads, nodesPage, nodesRacks } from './list-page.ts';
import { type RackCard, racksOf } from './racks-page.ts';

type Asked = AskedList<(typeof nodesRacks.sorts)[number], (typeof nodesRacks.filters)[number]>;

export async function getRacks(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(nodesRacks, req.query);
  const found = await web.services.findNodes(me, asked);
  if (asked.csv) return sendCsv(res, 'nodes', nodeHeads, found.items.map(nodeCells));
  const page = nodesPage(nodesRacks, asked, found, makeClock(me.timeZone));
  if (page.list.pastEnd !== null) return res.redirect(303, page.list.pastEnd);
  const racks = racksOf(found.items, await web.services.runningLoads(me));
  const versions = versionsOf(regionsOf(web, makeFrame(web, res, { title: 'Nodes' }), racks));
  const live = addressOf({ ...nodesRacks, path: '/nodes/racks/events' }, asked.filter);
  const pools = await web.services.findPools(me, { sort: 'name', descending: false, offset: 0, limit: 100 });
  const networks = pools.items
    .filter(({ bareMetal }) => bareMetal)
    .map(({ id, name }) => ({ label: name, href: `/pools/${id}/network` }));
  const head = { title: 'Racks', scripts: ['js/choose.js', 'js/live.js'], refresh: 30 };
  sendPage(web, res, 'nodes/list', head, { ...page, racks, live, versions, networks });
}

/** Each machine whose picture has changed since it was sent last. */
export async function getRacksEvents(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const asked = askedList(nodesRacks, req.query);
  const sent = new Map<string, string>();
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchNodes(me, asked, changed)],
    async send(stream) {
      const racks = await racksNow(web, res, asked);
      const regions = regionsOf(web, makeFrame(web, res, { title: 'Nodes' }), racks);
      const news = regions.filter(({ name, version }) => sent.get(name) !== version);
      for (const { name, version } of news) sent.set(name, version);
      stream.write({ data: { now: timeNow(), regions: news } });
      return true;
    },
  });
}

async function racksNow(web: Web, res: Response, asked: Asked): Promise<RackCard[]> {
  const me = meOf(res);
  const { items } = await web.services.findNodes(me, asked);
  return racksOf(items, await web.services.runningLoads(me));
}

function regionsOf(web: Web, frame: Frame, racks: readonly RackCard[]): Region[] {
  return racks.flatMap((rack) => [
    renderRegion(web, frame, 'nodes/rack-says', { rack }, `says-${rack.key}`),
    ...rack.units
      .flatMap(({ slots }) => slots)
      .map((slot) => renderRegion(web, frame, 'nodes/slot-in', { slot }, `slot-${slot.id}`)),
  ]);
}
