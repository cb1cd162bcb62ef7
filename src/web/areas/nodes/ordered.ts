/** What comes of orders, told to their page while it is looked at. */

import type { Request, Response } from 'express';
import { timeNow } from '../../../lib/clock.ts';
import type { OrderOutcomeView } from '../../../services/views.ts';
import { type Frame, makeFrame } from '../../frame.ts';
import { openPageStream } from '../../page-stream.ts';
import { renderRegion } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { orderedRow } from './orders-page.ts';

/** As many as can be ordered at once. */
const most = 1_000;

/** The rows of `?ids=3,4,5` that have come further since they were last sent, until nothing more comes of any. */
export async function getOrdered(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const ids = idsIn(req.query.ids);
  const sent = new Map<number, string>();
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchOrders(me, ids, changed)],
    async send(stream) {
      const outcomes = await web.services.followOrders(me, ids);
      const news = outcomes.filter((one) => sent.get(one.nodeId) !== JSON.stringify(one));
      for (const one of news) sent.set(one.nodeId, JSON.stringify(one));
      const frame = makeFrame(web, res, { title: 'Orders' });
      stream.write({ data: { now: timeNow(), regions: news.flatMap((one) => regionsOf(web, frame, one)) } });
      return outcomes.some(({ over }) => !over);
    },
  });
}

function idsIn(typed: unknown): number[] {
  const words = typeof typed === 'string' ? typed.split(',') : [];
  return words
    .filter((word) => /^[1-9]\d{0,8}$/.test(word))
    .slice(0, most)
    .map(Number);
}

function regionsOf(web: Web, frame: Frame, outcome: OrderOutcomeView) {
  const row = orderedRow(outcome);
  return (['state', 'says'] as const).map((part) =>
    renderRegion(web, frame, `nodes/ordered-${part}`, { row }, `${part}-${outcome.nodeId}`),
  );
}
