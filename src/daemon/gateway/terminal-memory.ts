/**
 * What a terminal showed, so that a window opened later finds it as it was. Kept is the output itself, without what must
 * not happen twice (questions to the terminal, whose answers would be typed into the shell; bells; the clipboard). What a
 * full-screen program drew is kept while it runs and forgotten when it leaves: it pushes no line of the shell out.
 */
import { meaningOf } from './control-sequence.ts';
import { EscapeTokens } from './escape-tokens.ts';
import { type OutputLimits, OutputLog } from './output-log.ts';
import { type StateMark, TerminalState } from './terminal-state.ts';

interface FullScreen {
  readonly log: OutputLog;
  readonly enter: Buffer;
  readonly before: StateMark;
}

const fullScreenLimits: OutputLimits = { lines: 1_000, bytes: 256 * 1024 };
const reset = Buffer.from('\x1bc');
const [enquiry, bell] = [0x05, 0x07];

export class TerminalMemory {
  readonly #tokens = new EscapeTokens();
  readonly #limits: OutputLimits;
  #state = new TerminalState();
  #main: OutputLog;
  #fullScreen: FullScreen | null = null;

  constructor(limits: OutputLimits) {
    this.#limits = limits;
    this.#main = new OutputLog(limits);
  }

  /** True while a full-screen program (an editor, a pager) has the screen. */
  get isFullScreen(): boolean {
    return this.#fullScreen !== null;
  }

  write(chunk: Buffer): void {
    for (const { kind, bytes } of this.#tokens.cut(chunk)) {
      if (kind === 'text') this.#log.addText(withoutCalls(bytes), this.#stateNow);
      else this.#addSequence(bytes);
    }
  }

  /** What brings any terminal to what this one shows: a reset, then the output. */
  replay(): Buffer {
    const screen = this.#fullScreen;
    const top = screen ? [screen.enter, screen.log.contents()] : [];
    return Buffer.concat([reset, this.#main.contents(), ...top, this.#tokens.unfinished]);
  }

  get #log(): OutputLog {
    return this.#fullScreen?.log ?? this.#main;
  }

  readonly #stateNow = (): Buffer => this.#state.toBytes();

  #addSequence(sequence: Buffer): void {
    const meaning = meaningOf(sequence);
    if (meaning.kind === 'once') return;
    if (meaning.kind === 'start-over') this.#startOver();
    else if (meaning.kind === 'enter-alternate' && !this.#fullScreen) this.#enter(sequence);
    else if (meaning.kind === 'leave-alternate' && this.#fullScreen) this.#leave(this.#fullScreen);
    else {
      this.#log.addWhole(sequence, this.#stateNow);
      this.#state.see(sequence, meaning);
    }
  }

  #startOver(): void {
    this.#state = new TerminalState();
    this.#main = new OutputLog(this.#limits);
    this.#fullScreen = null;
  }

  #enter(sequence: Buffer): void {
    this.#fullScreen = {
      log: new OutputLog(fullScreenLimits),
      enter: Buffer.from(sequence),
      before: this.#state.mark(),
    };
  }

  #leave({ before }: FullScreen): void {
    this.#fullScreen = null;
    this.#main.addWhole(this.#state.leave(before), this.#stateNow);
  }
}

function withoutCalls(text: Buffer): Buffer {
  if (!text.includes(bell) && !text.includes(enquiry)) return text;
  return text.filter((byte) => byte !== bell && byte !== enquiry) as Buffer;
}
