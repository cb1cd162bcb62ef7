/** What a browser's window sees of a terminal. */
import { EventEmitter, once } from 'node:events';
import type { WebSocket } from 'ws';
import type { ControlOut } from '../../../src/daemon/gateway/terminal-window.ts';

/** Asked by busybox's shell after its prompt. */
const whereIsTheCursor = '\x1b[6n';
const patienceMs = 70_000;

export class Screen {
  readonly socket: WebSocket;
  readonly controls: ControlOut[] = [];
  readonly #changes = new EventEmitter();
  /** All bytes so far. */
  text = '';
  /** The end of it: a flood is not searched from its beginning for every piece. */
  tail = '';
  closeCode: number | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#add(data.toString('latin1'));
      else this.controls.push(JSON.parse(data.toString()) as ControlOut);
      this.#changes.emit('change');
    });
    socket.once('close', (code) => {
      this.closeCode = code;
      this.#changes.emit('change');
    });
  }

  #add(text: string): void {
    this.text += text;
    this.tail = (this.tail + text).slice(-1_000);
  }

  type(text: string): void {
    this.socket.send(Buffer.from(text));
  }

  resize(cols: number, rows: number): void {
    this.socket.send(JSON.stringify({ type: 'resize', cols, rows }));
  }

  /** Types a command, as people do when there is a prompt, and returns what it printed. */
  async run(command: string): Promise<string> {
    const isAsked = () => this.tail.endsWith('$ ') || this.tail.endsWith(`$ ${whereIsTheCursor}`);
    await this.until(isAsked, 'a prompt');
    const from = this.text.length;
    // The quotes keep the echo of the command from looking like its end.
    this.type(`${command}; echo "[do""ne $?]"\r`);
    this.tail = '';
    await this.until(() => /\[done \d+\]/.test(this.tail), command);
    return this.text.slice(this.text.indexOf('\n', from) + 1).replace(/\[done.*/s, '');
  }

  async shows(pattern: RegExp): Promise<void> {
    await this.until(() => pattern.test(this.text), String(pattern));
  }

  async told<Type extends ControlOut['type']>(
    type: Type,
    count = 1,
  ): Promise<Extract<ControlOut, { type: Type }>> {
    const ofType = () => this.controls.filter((control) => control.type === type);
    await this.until(() => ofType().length >= count, type);
    return ofType()[count - 1] as Extract<ControlOut, { type: Type }>;
  }

  async closed(): Promise<number> {
    await this.until(() => this.closeCode !== null, 'close');
    return this.closeCode ?? 0;
  }

  close(): void {
    this.socket.close();
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const tooLate = AbortSignal.timeout(patienceMs);
    while (!condition()) {
      await once(this.#changes, 'change', { signal: tooLate }).catch((cause: unknown) => {
        const said = JSON.stringify({ text: this.tail.slice(-400), controls: this.controls.slice(-5) });
        throw new Error(`waited for ${what}; the window has ${said}`, { cause });
      });
    }
  }
}
