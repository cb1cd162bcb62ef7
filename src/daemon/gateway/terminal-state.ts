/** What a terminal has been told that outlives the screen: modes, character sets, title, colours. */
import type { Meaning } from './control-sequence.ts';

/** A state as it was at one moment. */
export interface StateMark {
  readonly sticky: ReadonlyMap<string, Buffer>;
  readonly styles: readonly Buffer[];
}

const mostStyles = 16;
const mostKeys = 64;

export class TerminalState {
  readonly #sticky = new Map<string, Buffer>();
  #styles: readonly Buffer[] = [];

  see(sequence: Buffer, meaning: Meaning): void {
    if (meaning.kind === 'reset-modes') this.#reset();
    if (meaning.kind === 'sticky') for (const key of meaning.keys) this.#keep(key, sequence);
    if (meaning.kind === 'style') this.#addStyle(sequence, meaning.resets);
  }

  /** The sequences that bring a fresh terminal to this state. */
  toBytes(): Buffer {
    return Buffer.concat([...new Set(this.#sticky.values()), ...this.#styles]);
  }

  mark(): StateMark {
    return { sticky: new Map(this.#sticky), styles: this.#styles };
  }

  /**
   * Leaving a full-screen program brings back the colours of before, but no modes: goes back to the mark's colours and
   * answers with the sequences of the modes that were set since.
   */
  leave(mark: StateMark): Buffer {
    this.#styles = mark.styles;
    const changed = [...this.#sticky].filter(([key, sequence]) => mark.sticky.get(key) !== sequence);
    return Buffer.concat([...new Set(changed.map(([, sequence]) => sequence))]);
  }

  #reset(): void {
    this.#sticky.clear();
    this.#styles = [];
  }

  #keep(key: string, sequence: Buffer): void {
    this.#sticky.delete(key);
    if (this.#sticky.size < mostKeys) this.#sticky.set(key, Buffer.from(sequence));
  }

  #addStyle(sequence: Buffer, resets: boolean): void {
    if (resets) this.#styles = [];
    this.#styles = [...this.#styles, Buffer.from(sequence)].slice(-mostStyles);
  }
}
