/** How long answers took, by route and status: what `/metrics` shows of this process. */
const bounds = [0.005, 0.02, 0.1, 0.5, 2, 10] as const;

interface Times {
  readonly counts: number[];
  sum: number;
  total: number;
}

export class HttpTimes {
  readonly #routes = new Map<string, Times>();

  /** `route` is the pattern, never an address. */
  add(method: string, route: string, status: number, seconds: number): void {
    const labels = `method="${method}",route="${route}",status="${Math.floor(status / 100)}xx"`;
    const times = this.#routes.get(labels) ?? { counts: bounds.map(() => 0), sum: 0, total: 0 };
    this.#routes.set(labels, times);
    for (const [index, bound] of bounds.entries())
      if (seconds <= bound) times.counts[index] = (times.counts[index] ?? 0) + 1;
    times.sum += seconds;
    times.total++;
  }

  /** Lines of a Prometheus histogram. */
  lines(name: string): string[] {
    return [...this.#routes].flatMap(([labels, { counts, sum, total }]) => [
      ...bounds.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${counts[index]}`),
      `${name}_bucket{${labels},le="+Inf"} ${total}`,
      `${name}_sum{${labels}} ${sum.toFixed(6)}`,
      `${name}_count{${labels}} ${total}`,
    ]);
  }
}
