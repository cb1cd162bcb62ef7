import type { Request, Response } from 'express';
import { z } from 'zod';
import { makeClock } from '../../clock.ts';
import { sendCsv } from '../../csv.ts';
import { parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { spellCells, spellHeads, type WhoPage, whoPage } from './pages.ts';

export const whoRoutes: readonly Route[] = [
  { method: 'get', path: '/who-had-it', who: 'events.read', handle: getWho },
];

const text = z.string('must be text.').trim().max(200, 'At most 200 characters.').default('');
const Query = z.object({ address: text, node: text, at: text, format: text });
const At = z.object({ at: z.number('must be a date and a time.') });

async function getWho(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const clock = makeClock(me.timeZone);
  const { format, ...asked } = parse(Query, req.query);
  const show = (spells: Parameters<typeof whoPage>[1], refusal: WhoPage['refusal']) =>
    sendPage(web, res, 'who/show', { title: 'Who had it' }, whoPage(asked, spells, refusal, clock));
  if (asked.address === '' && asked.node === '') return show(null, null);
  try {
    const { at } = asked.at === '' ? { at: clock.now } : parse(At, { at: clock.fromLocalInput(asked.at) });
    const spells = await web.services.whoHadIt(me, { ...asked, at });
    if (format === 'csv') return sendCsv(res, 'who-had-it', spellHeads, spells.flatMap(spellCells));
    show(spells, null);
  } catch (error) {
    show(null, refusalOf(error, res));
  }
}
