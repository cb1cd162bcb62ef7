import type { NewNodeView } from '../../../services/views.ts';
import type { Refusal } from '../../refusal.ts';
import type { HardwareField } from './hardware-form.ts';

export interface AddNodesPage {
  readonly pools: readonly string[];
  readonly images: readonly string[];
  /** Of bare metal; empty where no pool has any. */
  readonly hardware: readonly HardwareField[];
  readonly typed: Readonly<Record<string, string>>;
  /** What is shown of them: those with something wrong first. */
  readonly rows: readonly NewNodeView[];
  readonly total: number;
  readonly fine: number;
  readonly done: boolean;
  readonly refusal: Refusal | null;
}
