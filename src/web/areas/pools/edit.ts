import type { Request, Response } from 'express';
import { z } from 'zod';
import type { PoolSettingsView } from '../../../services/views.ts';
import { makeClock } from '../../clock.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { saying } from '../../said.ts';
import { bodyTexts } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { editPoolPage } from './edit-page.ts';
import { PoolForm, settingsIn, type Typed } from './form.ts';

/** Without scripts the page looks again by itself while a test runs, in seconds. */
const lookAgain = 3;

export async function getPool(web: Web, req: Request, res: Response): Promise<void> {
  const pool = await web.services.poolSettings(meOf(res), idIn(req.params.id));
  await show(web, res, pool, {}, null);
}

const Form = PoolForm.extend({ version: z.coerce.number().int() });

export async function postPool(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const pool = await web.services.poolSettings(me, idIn(req.params.id));
  const typed = bodyTexts(req);
  try {
    const settings = settingsIn(pool.settings, typed);
    await web.services.editPool(me, pool.id, { ...parse(Form, req.body), settings });
    res.redirect(303, saying(`/pools/${pool.id}`, 'saved'));
  } catch (error) {
    await show(web, res, pool, typed, refusalOf(error, res));
  }
}

/** Answers when it is tested, or after 20 s with how far it is. */
export async function postTest(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const id = idIn(req.params.id);
  try {
    await web.services.testPool(me, id);
    res.redirect(303, `/pools/${id}`);
  } catch (error) {
    const refusal = refusalOf(error, res);
    await show(web, res, await web.services.poolSettings(me, id), {}, refusal);
  }
}

export async function getRemove(web: Web, req: Request, res: Response): Promise<void> {
  const { id, name } = await web.services.poolSettings(meOf(res), idIn(req.params.id));
  const page = {
    question: `Remove ${name}?`,
    lost: 'Its settings are gone, and what was measured of its machines.',
    action: `/pools/${id}/remove`,
    button: 'Remove it',
    back: `/pools/${id}`,
  };
  sendPage(web, res, 'reservations/confirm', { title: page.question }, page);
}

export async function postRemove(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const id = idIn(req.params.id);
  try {
    await web.services.removePool(me, id);
    res.redirect(303, saying('/pools', 'pool-removed'));
  } catch (error) {
    const refusal = refusalOf(error, res);
    await show(web, res, await web.services.poolSettings(me, id), {}, refusal);
  }
}

async function show(
  web: Web,
  res: Response,
  pool: PoolSettingsView,
  typed: Typed,
  refusal: Refusal | null,
): Promise<void> {
  const me = meOf(res);
  const test = await web.services.poolTest(me, pool.id);
  const page = editPoolPage(pool, test, typed, refusal, makeClock(me.timeZone));
  const refresh = page.test?.under && refusal === null ? lookAgain : null;
  sendPage(web, res, 'pools/edit', { title: pool.name, refresh }, page);
}
