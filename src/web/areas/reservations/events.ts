import type { Request, Response } from 'express';
import { timeNow } from '../../../lib/clock.ts';
import { makeClock } from '../../clock.ts';
import { makeFrame } from '../../frame.ts';
import { idIn } from '../../input.ts';
import { openPageStream } from '../../page-stream.ts';
import type { Route } from '../../route.ts';
import type { Stream } from '../../stream.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { reservationFacts } from './facts.ts';
import { reservationPage } from './pages.ts';
import { headOf, regions } from './show.ts';

/** The parts of the page as they are now, and again whenever the reservation has changed, until it is over. */
export const getEvents: Route['handle'] = async (web: Web, req: Request, res: Response) => {
  const me = meOf(res);
  const id = idIn(req.params.id);
  await openPageStream(web, req, res, {
    watch: async (changed) => [await web.services.watchReservation(me, id, changed)],
    send: (stream) => sendNow(web, res, id, stream),
  });
};

async function sendNow(web: Web, res: Response, id: number, stream: Stream): Promise<boolean> {
  const me = meOf(res);
  const facts = await reservationFacts(web, me, id);
  const page = reservationPage(facts, makeClock(me.timeZone));
  const head = headOf(page);
  const { title, tabIcon } = head;
  const data = {
    now: timeNow(),
    title,
    tabIcon,
    phase: page.phase,
    regions: regions(web, makeFrame(web, res, head), page),
  };
  stream.write({ id: facts.history.at(-1)?.id, data });
  return facts.reservation.state !== 'complete' && facts.reservation.state !== 'failed';
}
