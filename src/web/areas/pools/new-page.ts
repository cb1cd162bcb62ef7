import type { PoolSettingView } from '../../../services/views.ts';
import type { Refusal } from '../../refusal.ts';
import type { Typed } from './form.ts';

export interface NewPoolPage {
  readonly modules: readonly {
    readonly title: string;
    readonly simulated: boolean;
    readonly href: string;
    readonly here: boolean;
  }[];
  readonly places: readonly string[];
  readonly settings: readonly PoolSettingView[];
  readonly typed: Typed;
  readonly differs: Typed;
  readonly refusal: Refusal | null;
}
