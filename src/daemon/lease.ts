/**
 * A lease as its holder sees it: it counts from when it was asked for, however long the answer took, and lets go a little
 * before others may take the task over, whether or not the database can be asked.
 */
export class Lease {
  readonly #milliseconds: number;
  readonly #lost: () => void;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(milliseconds: number, lost: () => void) {
    this.#milliseconds = milliseconds;
    this.#lost = lost;
  }

  /** It was granted or renewed; `asked` is when, on this process's own clock (performance.now). */
  granted(asked: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#ended) return;
    const left = asked + (this.#milliseconds * 5) / 6 - performance.now();
    this.#timer = setTimeout(this.#lost, left).unref();
  }

  end(): void {
    this.#ended = true;
    if (this.#timer) clearTimeout(this.#timer);
  }
}
