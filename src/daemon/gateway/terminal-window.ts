/** One window of a terminal or a console: a WebSocket, terminal bytes in binary frames, control as JSON in text frames. */
import type { WebSocket } from 'ws';

export type ControlOut =
  /** A shell is there; what it showed before was sent. Another `shell` than last time: what ran in that one is gone. */
  | { readonly type: 'ready'; readonly shell?: string }
  /** The machine does not answer; another shell is being reached. */
  | { readonly type: 'waiting' }
  | { readonly type: 'notice'; readonly text: string }
  /** Another window gave the shell this size. */
  | { readonly type: 'size'; readonly cols: number; readonly rows: number }
  /** There is nothing more to come; the socket is closed. */
  | { readonly type: 'ended'; readonly reason: string };

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** WebSocket close codes (RFC 6455, 7.4.1, and its registry). */
export const closeCodes = { done: 1000, away: 1001, badInput: 1008, again: 1013 } as const;

const pingMs = 20_000;

export class TerminalWindow {
  readonly #socket: WebSocket;
  #isPaused = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => socket.terminate());
    this.#watchLife();
  }

  /** Bytes that this window's network has not taken yet. */
  get behind(): number {
    return this.#socket.bufferedAmount;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** `taken` is called when the bytes have left this process, or never will. */
  show(bytes: Buffer, taken: () => void): void {
    this.#socket.send(bytes, { binary: true }, taken);
  }

  tell(control: ControlOut): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(control));
  }

  end(reason: string): void {
    this.tell({ type: 'ended', reason });
    this.close(closeCodes.done, '');
  }

  /** A close that is not answered ends by itself; a reason is at most 123 bytes. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Cuts a window that does not take what it is sent; its page connects again. */
  drop(): void {
    this.#socket.terminate();
  }

  onClose(closed: () => void): void {
    this.#socket.once('close', closed);
  }

  onMessage(message: (data: Buffer, isBinary: boolean) => void): void {
    this.#socket.on('message', (data, isBinary) => message(data as Buffer, isBinary));
  }

  /** Stops taking what is typed. */
  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** A closed lid sends no goodbye: a window that does not answer between two pings is gone. */
  #watchLife(): void {
    let answered = true;
    this.#socket.on('pong', () => {
      answered = true;
    });
    const timer = setInterval(() => {
      if (!answered && !this.#isPaused) return this.drop();
      answered = false;
      this.#socket.ping();
    }, pingMs);
    timer.unref();
    this.#socket.once('close', () => clearInterval(timer));
  }
}
