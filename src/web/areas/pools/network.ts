import type { Request, Response } from 'express';
import { makeClock } from '../../clock.ts';
import { idIn } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { networkPage } from './network-page.ts';

/** The page looks again by itself, in seconds: soon while a check runs. */
const lookAgain = { underWay: 3, else: 30 } as const;

export async function getNetwork(web: Web, req: Request, res: Response): Promise<void> {
  await show(web, req, res, null);
}

/** Answers when it is checked, or after 20 s that it is under way. */
export async function postNetwork(web: Web, req: Request, res: Response): Promise<void> {
  const id = idIn(req.params.id);
  try {
    await web.services.checkPoolNetwork(meOf(res), id);
    res.redirect(303, `/pools/${id}/network`);
  } catch (error) {
    await show(web, req, res, refusalOf(error, res));
  }
}

async function show(web: Web, req: Request, res: Response, refusal: Refusal | null): Promise<void> {
  const me = meOf(res);
  const network = await web.services.poolNetwork(me, idIn(req.params.id));
  const page = networkPage(network, refusal, makeClock(me.timeZone));
  const soon = network.underWay ? lookAgain.underWay : lookAgain.else;
  const head = { title: `Imaging network of ${network.pool.name}`, refresh: refusal === null ? soon : null };
  sendPage(web, res, 'pools/network', head, page);
}
