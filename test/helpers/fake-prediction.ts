import { invalid, LabError } from '../../src/domain/errors.ts';
import type { PredictionServices } from '../../src/services/prediction-services.ts';
import type { PredictionView } from '../../src/services/views.ts';

const now = Date.UTC(2026, 10, 28, 9, 20);

const images: PredictionView['images'] = [
  {
    ...{ name: 'tiny', title: 'Tiny Linux', spares: 2, expected: 3.2, ready: 1, loading: 1, next: 4 },
    ...{ atOnce: 60, found: 51 },
  },
  {
    ...{ name: 'physics', title: 'Physics', spares: 0, expected: 0, ready: 0, loading: 0, next: 0 },
    ...{ atOnce: 0, found: 0 },
  },
];

/** What is loaded ahead, as pages and API are given it. */
export function fakePrediction(): PredictionServices {
  let pausedAt: number | null = null;
  const modules = [
    { id: 'demand', title: 'What people take at this hour', says: 'What was taken at this hour.' },
    { id: 'level_0', title: 'The same again (VCL level_0)', says: 'What it had.' },
  ];
  return {
    prediction: async () => ({
      ...{ now, pausedAt, modules, images, countedUntil: Date.UTC(2026, 10, 28, 9) },
      pools: [{ id: 1, name: 'local', module: 'demand', nodes: 12 }],
      lastWeek: { atOnce: 60, found: 51 },
    }),
    pausePrediction: async (_me, paused) => {
      pausedAt = paused ? now : null;
    },
    setPredictive: async (_me, poolId, module) => {
      if (!modules.some(({ id }) => id === module)) throw invalid('module', 'One of demand, level_0.');
      if (poolId !== 1) throw new LabError('not-found');
    },
    setSpares: async (_me, image) => {
      if (image !== 'tiny') throw new LabError('image.unknown');
    },
  };
}
