/**
 * The shell of one person on a reservation's machine. It belongs to them, not to a window: windows come and go, several may look at
 * it at once, and it stays with its last lines of output. When the machine goes away under it, it connects again by itself
 * and goes on with a new shell.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { ClientChannel } from 'ssh2';
import { Audience } from './audience.ts';
import type { GatewayDeps, TicketHolder } from './contract.ts';
import type { PersonShell } from './person-shell.ts';
import { reachShell, ShellOver } from './reach-shell.ts';
import { isAnswer, resizeIn } from './terminal-input.ts';
import { TerminalMemory } from './terminal-memory.ts';
import { type ControlOut, closeCodes, type Size, type TerminalWindow } from './terminal-window.ts';

export type ShellDeps = Pick<GatewayDeps, 'accessOf' | 'opened' | 'log' | 'settings'>;

const mostWindows = 16;
const openedEveryMs = 60_000;
const lost = 'The connection to the machine was lost. This window connects again by itself.';
const isNew = '\x1b[2mThe connection to the machine was lost; this is a new shell.\x1b[0m\r\n';
/** Out of a program's screen, and every mode of its keyboard and mouse off. */
const leaveScreen = '\x1b[?1049l';
const plainModes = '\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2004l\x1b[0m\r\n';

export class SharedShell {
  readonly #of: TicketHolder;
  readonly #id = randomUUID();
  readonly #deps: ShellDeps;
  readonly #over: () => void;
  readonly #ending = new AbortController();
  readonly #events = new EventEmitter();
  readonly #memory: TerminalMemory;
  readonly #audience: Audience;
  readonly #paused = new Set<TerminalWindow>();
  #channel: ClientChannel | null = null;
  #isLost = false;
  #size: Size;
  /** Whose terminal answers what programs ask: the window that was used last. */
  #answering: TerminalWindow | null = null;

  /** `over` is called once, before the windows are told. */
  constructor(of: TicketHolder, size: Size, deps: ShellDeps, over: () => void) {
    const { terminalLines, terminalBytes, windowBytes } = deps.settings;
    this.#of = of;
    this.#deps = deps;
    this.#over = over;
    this.#size = size;
    this.#memory = new TerminalMemory({ lines: terminalLines, bytes: terminalBytes });
    this.#audience = new Audience(windowBytes, () => this.#adjustPace());
    void this.#live();
  }

  get windows(): number {
    return this.#audience.count;
  }

  /** Shows a window what the shell showed so far, and from now on. */
  attach(window: TerminalWindow, size: Size): void {
    if (this.windows >= mostWindows) {
      window.end('This terminal is open in too many windows.');
      return;
    }
    this.#audience.add(window);
    window.onMessage((data, isBinary) => this.#take(window, data, isBinary));
    window.show(this.#memory.replay(), () => this.#adjustPace());
    if (this.#channel) window.tell(this.#isReady);
    else if (this.#isLost) window.tell({ type: 'waiting' });
    this.#answering = window;
    this.#resize(window, size);
    this.#redraw();
    this.#events.emit('attached');
  }

  get #isReady(): ControlOut {
    return { type: 'ready', shell: this.#id };
  }

  say(text: string): void {
    this.#audience.tell({ type: 'notice', text });
  }

  /** Ends the shell; the windows are told why. */
  close(reason: string): void {
    this.#ending.abort(new ShellOver(reason));
  }

  /** Ends the shell because this process stops: the pages of its windows connect again. */
  shutDown(): void {
    this.#audience.sendAway('The terminal service restarts.');
    this.close('The terminal service restarts.');
  }

  async #live(): Promise<void> {
    const timer = setInterval(() => void this.#noteOpened(), openedEveryMs);
    const reason = await this.#run().catch((error: unknown) => this.#reasonOf(error));
    clearInterval(timer);
    this.#over();
    this.#audience.end(reason);
  }

  async #run(): Promise<string> {
    const { signal } = this.#ending;
    for (let isFirst = true; ; isFirst = false) {
      const shell = await this.#reach(!isFirst);
      this.#begin(shell, isFirst);
      const end = await shell.over;
      this.#stop();
      signal.throwIfAborted();
      if (end === 'left') return 'The shell was left.';
      this.#lose();
      if (this.windows === 0) await once(this.#events, 'attached', { signal });
    }
  }

  #reach(isRestarting: boolean): Promise<PersonShell> {
    return reachShell({
      ...this.#deps,
      of: this.#of,
      size: () => this.#size,
      signal: this.#ending.signal,
      say: (text) => this.say(text),
      isRestarting,
    });
  }

  #reasonOf(error: unknown): string {
    const cause: unknown = this.#ending.signal.aborted ? this.#ending.signal.reason : error;
    if (cause instanceof ShellOver) return cause.message;
    this.#deps.log.error({ error: cause, reservation: this.#of.reservationId }, 'shell failed');
    return 'Something went wrong on our side.';
  }

  #begin({ channel }: PersonShell, isFirst: boolean): void {
    this.#channel = channel;
    this.#isLost = false;
    if (!isFirst) this.#show(Buffer.from(isNew));
    channel.on('data', (bytes: Buffer) => this.#show(bytes));
    channel.on('drain', () => this.#resumeInput());
    const { cols, rows } = this.#size;
    channel.setWindow(rows, cols, 0, 0);
    this.#audience.tell(this.#isReady);
  }

  #stop(): void {
    this.#channel = null;
    this.#resumeInput();
  }

  #lose(): void {
    this.#isLost = true;
    this.#audience.tell({ type: 'waiting' });
    this.#show(Buffer.from((this.#memory.isFullScreen ? leaveScreen : '') + plainModes));
    this.say(lost);
  }

  #show(bytes: Buffer): void {
    this.#memory.write(bytes);
    this.#audience.show(bytes);
    this.#adjustPace();
  }

  #adjustPace(): void {
    if (this.#audience.isBehind) this.#channel?.pause();
    else this.#channel?.resume();
  }

  #take(window: TerminalWindow, data: Buffer, isBinary: boolean): void {
    const size = isBinary ? null : resizeIn(data.toString());
    if (isBinary) this.#type(window, data);
    else if (size) this.#resize(window, size);
    else window.close(closeCodes.badInput, 'Not a control message of a terminal.');
  }

  #type(window: TerminalWindow, bytes: Buffer): void {
    const isForAnother = isAnswer(bytes) && this.#answering !== window;
    if (isForAnother || !this.#channel) return;
    this.#answering = window;
    if (this.#channel.write(bytes)) return;
    window.pause();
    this.#paused.add(window);
  }

  #resumeInput(): void {
    for (const window of this.#paused) window.resume();
    this.#paused.clear();
  }

  #resize(window: TerminalWindow, size: Size): void {
    const isSame = size.cols === this.#size.cols && size.rows === this.#size.rows;
    if (isSame) return;
    this.#size = size;
    this.#channel?.setWindow(size.rows, size.cols, 0, 0);
    this.#audience.tell({ type: 'size', ...size }, window);
  }

  /** A full-screen program draws itself anew when the size changes: the kept output may not hold its whole screen. */
  #redraw(): void {
    if (!this.#memory.isFullScreen) return;
    const { cols, rows } = this.#size;
    this.#channel?.setWindow(rows + 1, cols, 0, 0);
    this.#channel?.setWindow(rows, cols, 0, 0);
  }

  async #noteOpened(): Promise<void> {
    if (this.windows === 0) return;
    try {
      await this.#deps.opened(this.#of);
    } catch (error) {
      this.#deps.log.warn(
        { error, reservation: this.#of.reservationId },
        'terminal could not be noted as open',
      );
    }
  }
}
