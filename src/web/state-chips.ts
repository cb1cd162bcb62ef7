import type { StateCount } from '../services/views.ts';
import type { StateWord } from './areas/reservations/state-words.ts';
import { addressOf, type ListKind } from './list.ts';

/** A state with how many are in it: pressed, it shows those alone; pressed again, all. `partials/state-chips` draws them. */
export interface StateChip {
  readonly state: StateWord;
  readonly count: number;
  readonly href: string;
  readonly here: boolean;
}

export interface ChipStates<State extends string> {
  /** In the order in which they are shown. */
  readonly states: readonly State[];
  readonly words: Readonly<Record<State, StateWord>>;
  readonly counts: readonly StateCount<State>[];
}

/** The states of a list in which something is, and the one that it is filtered by. */
export function stateChips<State extends string>(
  kind: Pick<ListKind<string, string>, 'path' | 'sort'>,
  filter: Readonly<Record<string, string>> & { readonly state: string },
  { states, words, counts }: ChipStates<State>,
): StateChip[] {
  return states.flatMap((state) => {
    const n = counts.find((one) => one.state === state)?.count ?? 0;
    const here = filter.state === state;
    const href = addressOf(kind, { ...filter, state: here ? '' : state });
    return n > 0 || here ? [{ state: words[state], count: n, href, here }] : [];
  });
}
