/** Beyond that `Math.exp` is 0: as many as are expected happen, and no more. */
const most = 500;

/** How likely it is that k or more happen where `mean` are expected, for whole k from 1 (Poisson). */
export function likelihoods(mean: number): (k: number) => number {
  if (mean > most) return (k) => (k <= mean ? 1 : 0);
  const known: number[] = [1];
  let exactly = Math.exp(-mean);
  return (k) => {
    for (let at = known.length; at <= k; at++) {
      known.push(Math.max(0, (known[at - 1] ?? 0) - exactly));
      exactly *= mean / at;
    }
    return known[k] ?? 0;
  };
}
