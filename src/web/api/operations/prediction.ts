import type { z } from 'zod';
import type { PredictionView } from '../../../services/views.ts';
import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import * as schema from '../schemas/prediction.ts';

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function present(view: PredictionView): z.input<typeof schema.PredictionSchema> {
  const { now: _, pausedAt, countedUntil, modules, pools, images, lastWeek } = view;
  return {
    ...{ pausedAt: iso(pausedAt), modules: [...modules], pools: [...pools], images: [...images] },
    ...{ lastWeek, countedUntil: iso(countedUntil) },
  };
}

const answers = { 200: { description: 'What is so now.', schema: schema.PredictionSchema } };

const get = defineOperation({
  ...{ id: 'getPrediction', method: 'get', path: '/prediction', who: 'node.read' },
  summary: 'What machines are loaded with before anybody asks, and how often that was right.',
  answers,
  run: async ({ services, me }) => ({ status: 200, body: present(await services.prediction(me)) }),
});

const pause = defineOperation({
  ...{ id: 'pausePrediction', method: 'patch', path: '/prediction', who: 'node.manage' },
  summary: 'Pauses it: every machine stays as it is. Or goes on.',
  body: schema.PauseBody,
  answers,
  async run({ services, me, body }) {
    await services.pausePrediction(me, body.paused);
    return { status: 200, body: present(await services.prediction(me)) };
  },
});

const spares = defineOperation({
  ...{ id: 'setSpares', method: 'put', path: '/prediction/images/:name', who: 'node.manage' },
  summary: 'How many idle machines are to hold an image always.',
  body: schema.SparesBody,
  answers,
  async run({ services, me, req, body }) {
    await services.setSpares(me, String(req.params.name), body.spares);
    return { status: 200, body: present(await services.prediction(me)) };
  },
});

const setModule = defineOperation({
  ...{ id: 'setPredictive', method: 'put', path: '/prediction/pools/:id', who: 'node.manage' },
  summary: 'Which module says what the machines of a pool hold.',
  body: schema.ModuleBody,
  answers,
  async run({ services, me, req, body }) {
    await services.setPredictive(me, idIn(req.params.id), body.module);
    return { status: 200, body: present(await services.prediction(me)) };
  },
});

export const predictionOperations: readonly Operation[] = [get, pause, spares, setModule];
