/** What is under way for each reservation and person, so that all of it ends when their access is closed. */
import type { TicketHolder } from './contract.ts';

export interface Door {
  /** Fires when the reservation's access is closed, or the person's, or at shutdown. */
  readonly signal: AbortSignal;
  leave(): void;
}

export class OpenDoors {
  readonly #open = new Map<AbortController, TicketHolder>();
  #waiting: (() => void)[] = [];

  enter(of: TicketHolder): Door {
    const controller = new AbortController();
    this.#open.set(controller, of);
    return {
      signal: controller.signal,
      leave: () => {
        this.#open.delete(controller);
        if (this.#open.size === 0) for (const done of this.#waiting.splice(0)) done();
      },
    };
  }

  close(reservationId: number, reason: Error): void {
    for (const [controller, of] of this.#open)
      if (of.reservationId === reservationId) controller.abort(reason);
  }

  closePerson(userId: number, reason: Error): void {
    for (const [controller, of] of this.#open) if (of.userId === userId) controller.abort(reason);
  }

  /** Who has something under way. */
  people(): number[] {
    return Array.from(this.#open.values(), ({ userId }) => userId);
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
