import type { LoadView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { type LoadBar, loadBar, outcomeWords } from '../../load-bar.ts';
import type { StateWord } from '../reservations/state-words.ts';

/** A load as lists and pages show it. */
export interface LoadLine {
  readonly id: number;
  readonly href: string;
  readonly when: When;
  readonly why: string;
  readonly image: string;
  readonly state: StateWord;
  readonly bar: LoadBar;
  /** A phase took twice as long as usual. */
  readonly slower: boolean;
  /** "Writing the disk, 40 %": while it runs. */
  readonly step: string | null;
  readonly failure: string | null;
  readonly node: { readonly href: string; readonly name: string } | null;
  readonly pool: string;
  readonly reservation: { readonly href: string; readonly user: string } | null;
}

export function loadLine(load: LoadView, clock: Clock): LoadLine {
  const { id, why, image, outcome, slower, failure, node, reservation } = load;
  return {
    ...{ id, href: `/loads/${id}`, why, image, failure },
    when: clock.when(load.at),
    state: outcomeWords[outcome],
    bar: loadBar(load),
    slower: slower.length > 0,
    step: stepOf(load),
    node: node.name === null ? null : { href: `/nodes/${node.id}`, name: node.name },
    pool: load.pool ?? '',
    reservation:
      reservation === null ? null : { href: `/reservations/${reservation.id}`, user: reservation.user },
  };
}

/** "Writing the disk, 40 %". */
export function stepOf({
  step,
  fraction,
  outcome,
}: Pick<LoadView, 'step' | 'fraction' | 'outcome'>): string | null {
  if (outcome !== 'running' || step === null) return null;
  const percent = fraction === null ? '' : `, ${Math.min(99, Math.round(fraction * 100))} %`;
  return `${step.slice(0, 1).toUpperCase()}${step.slice(1)}${percent}`;
}
