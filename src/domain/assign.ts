/**
 * Gives each of some wishes one of the things that it would take, the first where that can be, no thing twice: the classical augmenting
 * paths, so that none is refused that could have been served. Null where it cannot be done. Pure.
 */
export function assign(wishes: readonly (readonly number[])[]): number[] | null {
  const takenBy = new Map<number, number>();
  const place = (wish: number, seen: Set<number>): boolean =>
    (wishes[wish] ?? []).some((thing) => {
      if (seen.has(thing)) return false;
      seen.add(thing);
      const other = takenBy.get(thing);
      if (other !== undefined && !place(other, seen)) return false;
      takenBy.set(thing, wish);
      return true;
    });
  if (!wishes.every((_, wish) => place(wish, new Set()))) return null;
  const given = new Map([...takenBy].map(([thing, wish]) => [wish, thing]));
  return wishes.map((_, wish) => given.get(wish) ?? 0);
}
