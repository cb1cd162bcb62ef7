import type { PoolSettingsView } from '../../../services/views.ts';
import type { Refusal } from '../../refusal.ts';

export interface EditPoolPage {
  readonly pool: PoolSettingsView;
  /** As text, by name: what was typed, else what is. */
  readonly typed: Readonly<Record<string, string>>;
  readonly refusal: Refusal | null;
}
