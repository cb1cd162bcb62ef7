/**
 * The windows of one shell. The fastest sets the pace: the shell is only held up when every window is behind. A slower one
 * gets its own queue up to a limit, and is dropped beyond it.
 */
import { type ControlOut, closeCodes, type TerminalWindow } from './terminal-window.ts';

const behindBytes = 512 * 1024;

export class Audience {
  readonly #windows = new Set<TerminalWindow>();
  readonly #windowBytes: number;
  readonly #changed: () => void;

  /** `changed` is called whenever a window has taken something or has left. */
  constructor(windowBytes: number, changed: () => void) {
    this.#windowBytes = windowBytes;
    this.#changed = changed;
  }

  get count(): number {
    return this.#windows.size;
  }

  /** True when no window keeps up. Without windows nobody is waited for. */
  get isBehind(): boolean {
    return this.count > 0 && [...this.#windows].every((window) => window.behind > behindBytes);
  }

  add(window: TerminalWindow): void {
    this.#windows.add(window);
    window.onClose(() => {
      this.#windows.delete(window);
      this.#changed();
    });
  }

  show(bytes: Buffer): void {
    for (const window of this.#windows) {
      if (window.behind > this.#windowBytes) window.drop();
      else window.show(bytes, this.#changed);
    }
  }

  tell(control: ControlOut, except?: TerminalWindow): void {
    for (const window of this.#windows) if (window !== except) window.tell(control);
  }

  end(reason: string): void {
    for (const window of this.#windows) window.end(reason);
  }

  /** Sends every window away; their pages connect again. */
  sendAway(reason: string): void {
    for (const window of this.#windows) window.close(closeCodes.away, reason);
  }
}
