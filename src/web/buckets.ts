/** How often something may be asked for: `most` at once, then one for each `everyMs`. In this process alone. */
export class Buckets {
  readonly #most: number;
  readonly #everyMs: number;
  readonly #clock: () => number;
  /** When each will be full again, in milliseconds of the clock. */
  readonly #fullAt = new Map<string, number>();

  constructor(most: number, everyMs: number, clock: () => number = () => performance.now()) {
    this.#most = most;
    this.#everyMs = everyMs;
    this.#clock = clock;
  }

  /** Takes one; false: none is left now. */
  take(key: string): boolean {
    const now = this.#clock();
    const fullAt = Math.max(now, this.#fullAt.get(key) ?? now) + this.#everyMs;
    if (fullAt - now > this.#most * this.#everyMs) return false;
    if (this.#fullAt.size >= mostKept) this.#forget(now);
    this.#fullAt.set(key, fullAt);
    return true;
  }

  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
    if (this.#fullAt.size >= mostKept) this.#fullAt.clear();
  }
}

const mostKept = 10_000;
