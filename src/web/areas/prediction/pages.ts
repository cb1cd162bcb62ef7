import type { PredictionView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import type { Typed } from '../../typed.ts';

export interface PredictionPage {
  readonly paused: When | null;
  /** "81 of 100", in words; null where nobody wanted a machine at once yet. */
  readonly hits: { readonly percent: number; readonly found: string; readonly of: string } | null;
  readonly counted: When | null;
  readonly rows: readonly {
    readonly name: string;
    readonly title: string;
    readonly expected: string;
    readonly spares: number;
    readonly ready: number;
    /** Fewer are ready than are to be. */
    readonly short: boolean;
    readonly loading: number;
    readonly next: number;
    /** "8 of 10"; empty where nobody wanted it at once. */
    readonly found: string;
  }[];
  readonly pools: readonly {
    readonly name: string;
    readonly action: string;
    readonly module: string;
    readonly nodes: number;
  }[];
  readonly modules: PredictionView['modules'];
  readonly form: { readonly image: string; readonly spares: string };
  readonly mayChange: boolean;
  readonly refusal: Refusal | null;
  readonly fields: Refusal['fields'];
}

/** What was typed, and why it was refused. */
export interface PredictionOver {
  readonly typed?: Typed;
  readonly refusal?: Refusal;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : '');

export function predictionPage(
  view: PredictionView,
  { typed = {}, refusal }: PredictionOver,
  clock: Clock,
): Omit<PredictionPage, 'mayChange'> {
  const { atOnce, found } = view.lastWeek;
  return {
    paused: view.pausedAt === null ? null : clock.when(view.pausedAt),
    counted: view.countedUntil === null ? null : clock.when(view.countedUntil),
    hits:
      atOnce === 0
        ? null
        : {
            percent: Math.floor((found / atOnce) * 100),
            ...{ found: found.toLocaleString('en'), of: atOnce.toLocaleString('en') },
          },
    rows: view.images.map(({ name, title, spares, expected, ready, loading, next, ...hits }) => ({
      ...{ name, title, spares, ready, loading, next, short: ready < spares },
      expected: expected.toLocaleString('en'),
      found: hits.atOnce === 0 ? '' : `${hits.found} of ${hits.atOnce}`,
    })),
    pools: view.pools.map(({ id, name, module, nodes }) => ({
      ...{ name, module, nodes, action: `/prediction/pools/${id}` },
    })),
    modules: view.modules,
    form: { image: textOf(typed.image), spares: textOf(typed.spares) },
    refusal: refusal ?? null,
    fields: refusal?.fields ?? {},
  };
}
