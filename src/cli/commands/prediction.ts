import type { Command } from 'commander';
import { callApi } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Prediction {
  readonly pausedAt: string | null;
  readonly modules: readonly { readonly id: string; readonly title: string }[];
  readonly pools: readonly { readonly id: number; readonly name: string; readonly module: string }[];
  readonly images: readonly {
    readonly name: string;
    readonly spares: number;
    readonly expected: number;
    readonly ready: number;
    readonly loading: number;
    readonly next: number;
  }[];
  readonly lastWeek: { readonly atOnce: number; readonly found: number };
}

/** `labrador prediction ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addPredictionCommands(program: Command): void {
  const group = program
    .command('prediction')
    .description('What machines are loaded with before anybody asks, for administrators');
  const add = (name: string, what: string) =>
    group.command(name).description(what).option('--json', 'as the API answers');
  const change = async (method: 'PATCH' | 'PUT', path: string, body: object, { json }: Shown) =>
    show(await callApi<Prediction>(method, path, body), json, describe);
  add('show', 'say what is expected, and how often that was right').action(async ({ json }: Shown) => {
    show(await callApi<Prediction>('GET', '/prediction'), json, describe);
  });
  add('pause', 'leave every machine as it is').action((shown: Shown) =>
    change('PATCH', '/prediction', { paused: true }, shown),
  );
  add('resume', 'load machines ahead again').action((shown: Shown) =>
    change('PATCH', '/prediction', { paused: false }, shown),
  );
  add('spares <image>', 'so many idle machines are to hold an image always')
    .argument('<n>', 'how many', whole)
    .action((image: string, spares: number, shown: Shown) =>
      change('PUT', `/prediction/images/${encodeURIComponent(image)}`, { spares }, shown),
    );
  add('module <pool> <module>', 'what says what a pool’s machines hold').action(
    async (name: string, module: string, shown: Shown) => {
      const { pools } = await callApi<Prediction>('GET', '/prediction');
      const pool = pools.find((each) => each.name === name);
      if (!pool) throw new CommandError(`There is no pool ${JSON.stringify(name)}.`);
      await change('PUT', `/prediction/pools/${pool.id}`, { module }, shown);
    },
  );
}

function describe({ pausedAt, pools, images, lastWeek }: Prediction): string {
  const { atOnce, found } = lastWeek;
  return [
    pausedAt === null ? 'Machines are loaded ahead.' : `Paused since ${pausedAt}.`,
    `${found} of ${atOnce} people who wanted a machine at once found their image loaded within the last week.`,
    ...pools.map(({ name, module }) => `pool ${name}  ${module}`),
    ...images.map(
      ({ name, spares, expected, ready, loading, next }) =>
        `${name}  expected: ${expected}  spares: ${spares}  ready: ${ready}  loading: ${loading}  next: ${next}`,
    ),
  ].join('\n');
}
