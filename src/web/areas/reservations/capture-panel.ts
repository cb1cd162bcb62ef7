import type { ReservationView } from '../../../services/views.ts';
import { stepWords } from './loading.ts';

/** A machine that is being saved, as its page shows it. */
export interface CapturePanel {
  readonly title: string;
  readonly revision: number;
  readonly failure: string | null;
  /** What becomes of the machine when it is saved. */
  readonly after: string;
  readonly doing: string;
  readonly fraction: number | null;
  readonly steps: readonly {
    readonly title: string;
    readonly state: string;
    readonly word: string;
    readonly percent: string | null;
  }[];
  readonly lostByGivingUp: string;
}

export const lostByGivingUp =
  'What was captured so far is thrown away. The machine is given back to you as it was; where its time is over, it ends.';

export function capturePanel({ capture }: ReservationView): CapturePanel | null {
  if (capture === null) return null;
  const { image, revision, failure, goesOn, fraction, steps } = capture;
  const percent = fraction === null ? null : `${Math.round(fraction * 100)} %`;
  const now = steps.find((step) => step.state === 'now')?.title ?? 'Saved';
  return {
    ...{ title: image.title, revision, failure, fraction, lostByGivingUp },
    after: goesOn
      ? 'The machine is away for a moment. When it is saved, you go on where you were.'
      : 'When it is saved, this reservation ends and the machine is cleaned.',
    doing: percent === null ? now : `${now}, ${percent}`,
    steps: steps.map(({ title, state }) => {
      return { title, state, word: stepWords[state], percent: state === 'now' ? percent : null };
    }),
  };
}
