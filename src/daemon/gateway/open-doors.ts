/** What is under way for each reservation, so that all of it ends when its access is closed. */

export interface Door {
  /** Fires when the reservation's access is closed, or at shutdown. */
  readonly signal: AbortSignal;
  leave(): void;
}

export class OpenDoors {
  readonly #open = new Map<AbortController, number>();
  #waiting: (() => void)[] = [];

  enter(reservationId: number): Door {
    const controller = new AbortController();
    this.#open.set(controller, reservationId);
    return {
      signal: controller.signal,
      leave: () => {
        this.#open.delete(controller);
        if (this.#open.size === 0) for (const done of this.#waiting.splice(0)) done();
      },
    };
  }

  close(reservationId: number, reason: Error): void {
    for (const [controller, id] of this.#open) if (id === reservationId) controller.abort(reason);
  }

  closeAll(reason: Error): void {
    for (const controller of this.#open.keys()) controller.abort(reason);
  }

  /** Resolves when nothing is under way any more. */
  empty(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
