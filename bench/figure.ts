/** One figure of a benchmark. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is measured against, in words with its figure. */
  readonly against?: string;
}

/** The value below which that share of them lies: 0.5 is the median. */
export function share(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function middle(values: readonly number[]): number {
  return share(values, 0.5);
}
