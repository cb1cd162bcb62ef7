/** Five steps with their seconds, a bar that keeps to the usual time, and words that promise the one nearly always kept. */

import type { ReservationView, StepView } from '../../../services/views.ts';
import { promise, took } from '../../assets/js/words.js';

export interface StepLine {
  readonly title: string;
  readonly state: StepView['state'];
  readonly word: string;
  readonly seconds: string | null;
}

export interface Bar {
  /** 0..1; null when it is not known. */
  readonly value: number | null;
  readonly since: number;
  readonly p50: number;
  readonly p95: number;
  readonly promise: string;
}

export const stepWords: Readonly<Record<StepView['state'], string>> = {
  done: 'done',
  now: 'under way',
  todo: 'to come',
  failed: 'failed',
};

export function stepLines(steps: readonly StepView[]): StepLine[] {
  return steps.map(({ title, state, seconds }) => {
    const shown = seconds === null || state === 'todo' ? null : took(seconds * 1000);
    return { title, state, word: stepWords[state], seconds: shown };
  });
}

export function barOf({ estimate, progress }: ReservationView, now: number): Bar | null {
  if (estimate === null) return null;
  const elapsed = Math.max(0, now - estimate.since);
  const value = progress ?? (estimate.p50 > 0 ? elapsed / estimate.p50 : null);
  return {
    ...estimate,
    value: value === null ? null : Math.min(0.97, value),
    promise: promise(estimate, elapsed),
  };
}
