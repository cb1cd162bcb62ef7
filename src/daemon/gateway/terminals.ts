/** The shells of all reservations: one for each person who gets in, and each of several machines. */
import type { TicketHolder } from './contract.ts';
import { SharedShell, type ShellDeps } from './shared-shell.ts';
import { sizeOfQuery } from './terminal-input.ts';
import type { TerminalWindow } from './terminal-window.ts';

interface OpenShell {
  readonly of: TicketHolder;
  readonly shell: SharedShell;
}

export class Terminals {
  readonly #deps: ShellDeps;
  readonly #shells = new Set<OpenShell>();

  constructor(deps: ShellDeps) {
    this.#deps = deps;
  }

  /** Shows the person's shell on the reservation's machine in a window; begins one when there is none. */
  open(of: TicketHolder, window: TerminalWindow, query: URLSearchParams): void {
    const size = sizeOfQuery(query);
    const known = this.#of(of.reservationId).find(
      (open) => open.of.userId === of.userId && open.of.member === of.member,
    );
    const { shell } = known ?? this.#begin(of, size);
    shell.attach(window, size);
  }

  #begin(of: TicketHolder, size: ReturnType<typeof sizeOfQuery>): OpenShell {
    const open: OpenShell = {
      of,
      shell: new SharedShell(of, size, this.#deps, () => this.#shells.delete(open)),
    };
    this.#shells.add(open);
    return open;
  }

  #of(reservationId: number): OpenShell[] {
    return [...this.#shells].filter(({ of }) => of.reservationId === reservationId);
  }

  windowsOf(reservationId: number): number {
    return this.#of(reservationId).reduce((sum, { shell }) => sum + shell.windows, 0);
  }

  say(reservationId: number, sentence: string): void {
    for (const { shell } of this.#of(reservationId)) shell.say(sentence);
  }

  close(reservationId: number, reason: string): void {
    for (const { shell } of this.#of(reservationId)) shell.close(reason);
  }

  closePerson(userId: number, reason: string): void {
    for (const { of, shell } of this.#shells) if (of.userId === userId) shell.close(reason);
  }

  /** Who has a shell. */
  people(): number[] {
    return [...this.#shells].map(({ of }) => of.userId);
  }

  shutDown(): void {
    for (const { shell } of this.#shells) shell.shutDown();
  }
}
