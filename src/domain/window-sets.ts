/** Sets of windows: ascending, none touching another. */
import type { Window } from './time.ts';

/** The same time as a set. */
export function union(windows: readonly Window[]): Window[] {
  const all: Window[] = [];
  for (const { from, until } of windows.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (until <= from) continue;
    if (last && from <= last.until)
      all[all.length - 1] = { from: last.from, until: Math.max(last.until, until) };
    else all.push({ from, until });
  }
  return all;
}

/** What of `windows` none of `taken` has. */
export function without(windows: readonly Window[], taken: readonly Window[]): Window[] {
  const others = union(taken);
  const left: Window[] = [];
  let first = 0;
  for (const { from, until } of union(windows)) {
    let at = from;
    while (first < others.length && (others[first] as Window).until <= from) first++;
    for (let next = first; next < others.length; next++) {
      const other = others[next] as Window;
      if (other.from >= until) break;
      if (other.from > at) left.push({ from: at, until: other.from });
      at = Math.max(at, other.until);
    }
    if (at < until) left.push({ from: at, until });
  }
  return left;
}

/** What of `windows` some of `taken` has. */
export function within(windows: readonly Window[], taken: readonly Window[]): Window[] {
  return without(windows, without(windows, taken));
}
