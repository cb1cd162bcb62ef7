import type { Request, Response } from 'express';
import { z } from 'zod';
import { may } from '../../../domain/may.ts';
import { makeClock } from '../../clock.ts';
import { idIn, parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import type { Route } from '../../route.ts';
import { saying } from '../../said.ts';
import { bodyOf } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { type PredictionOver, predictionPage } from './pages.ts';

const path = '/prediction';

export const predictionRoutes: readonly Route[] = [
  { method: 'get', path, who: 'node.read', handle: (web, _req, res) => show(web, res) },
  { method: 'post', path: `${path}/pause`, who: 'node.manage', handle: postPause },
  { method: 'post', path: `${path}/spares`, who: 'node.manage', handle: postSpares },
  { method: 'post', path: `${path}/pools/:id`, who: 'node.manage', handle: postModule },
];

const PauseForm = z.object({ does: z.enum(['pause', 'resume'], 'Pause or resume?') });
const ModuleForm = z.object({ module: z.string('Choose one.').max(40, 'Choose one.') });
const SparesForm = z.object({
  image: z.string('Choose an image.').min(1, 'Choose an image.').max(60, 'Choose an image.'),
  spares: z
    .string('A whole number.')
    .trim()
    .regex(/^\d{1,4}$/, 'A whole number from 0 to 1000.')
    .transform(Number),
});

async function show(web: Web, res: Response, over: PredictionOver = {}): Promise<void> {
  const me = meOf(res);
  const page = predictionPage(await web.services.prediction(me), over, makeClock(me.timeZone));
  const mayChange = may(me, 'node.manage');
  sendPage(web, res, 'prediction/show', { title: 'Prediction' }, { ...page, mayChange });
}

async function postPause(web: Web, req: Request, res: Response): Promise<void> {
  const { does } = parse(PauseForm, req.body);
  await web.services.pausePrediction(meOf(res), does === 'pause');
  res.redirect(303, saying(path, does === 'pause' ? 'prediction-paused' : 'prediction-resumed'));
}

async function postSpares(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { image, spares } = parse(SparesForm, req.body);
    await web.services.setSpares(meOf(res), image, spares);
    res.redirect(303, saying(path, 'saved'));
  } catch (error) {
    await show(web, res, { refusal: refusalOf(error, res), typed: bodyOf(req) });
  }
}

async function postModule(web: Web, req: Request, res: Response): Promise<void> {
  try {
    const { module } = parse(ModuleForm, req.body);
    await web.services.setPredictive(meOf(res), idIn(req.params.id), module);
    res.redirect(303, saying(path, 'saved'));
  } catch (error) {
    await show(web, res, { refusal: refusalOf(error, res) });
  }
}
