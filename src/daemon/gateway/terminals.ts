/** The shells of all reservations. */
import type { TicketHolder } from './contract.ts';
import { SharedShell, type ShellDeps } from './shared-shell.ts';
import { sizeOfQuery } from './terminal-input.ts';
import type { TerminalWindow } from './terminal-window.ts';

export class Terminals {
  readonly #deps: ShellDeps;
  readonly #shells = new Map<number, SharedShell>();
  /** Whose they are: a reservation has one person. */
  readonly #people = new Map<number, number>();

  constructor(deps: ShellDeps) {
    this.#deps = deps;
  }

  /** Shows the reservation's shell in a window; begins one when there is none. */
  open({ reservationId, userId }: TicketHolder, window: TerminalWindow, query: URLSearchParams): void {
    const size = sizeOfQuery(query);
    const known = this.#shells.get(reservationId);
    const forget = () => {
      this.#shells.delete(reservationId);
      this.#people.delete(reservationId);
    };
    const shell = known ?? new SharedShell(reservationId, size, this.#deps, forget);
    this.#shells.set(reservationId, shell);
    this.#people.set(reservationId, userId);
    shell.attach(window, size);
  }

  windowsOf(reservationId: number): number {
    return this.#shells.get(reservationId)?.windows ?? 0;
  }

  say(reservationId: number, sentence: string): void {
    this.#shells.get(reservationId)?.say(sentence);
  }

  close(reservationId: number, reason: string): void {
    this.#shells.get(reservationId)?.close(reason);
  }

  closePerson(userId: number, reason: string): void {
    for (const [reservationId, person] of this.#people)
      if (person === userId) this.close(reservationId, reason);
  }

  /** Who has a shell. */
  people(): number[] {
    return [...this.#people.values()];
  }

  shutDown(): void {
    for (const shell of this.#shells.values()) shell.shutDown();
  }
}
