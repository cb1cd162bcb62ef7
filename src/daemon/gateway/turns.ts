import { abortable } from '../../lib/abortable.ts';

/** At most so many pieces of work at once for each key; the others wait their turn. */
export class Turns {
  readonly #most: number;
  readonly #running = new Map<number, number>();
  #waiting: { readonly key: number; readonly start: () => void }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Rejects with `signal.reason` when aborted before its turn. */
  async take<T>(key: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    while ((this.#running.get(key) ?? 0) >= this.#most) await this.#wait(key, signal);
    signal.throwIfAborted();
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#finish(key);
    }
  }

  async #wait(key: number, signal: AbortSignal): Promise<void> {
    const turn = new Promise<void>((resolve) => this.#waiting.push({ key, start: resolve }));
    await abortable(turn, signal);
  }

  #finish(key: number): void {
    const left = (this.#running.get(key) ?? 1) - 1;
    if (left === 0) this.#running.delete(key);
    else this.#running.set(key, left);
    const [ready, rest] = [this.#waiting.filter((one) => one.key === key), this.#waiting];
    this.#waiting = rest.filter((one) => one.key !== key);
    for (const { start } of ready) start();
  }
}
