/**
 * QEMU's machine protocol over a unix socket (QEMU docs, interop/qmp-spec). A socket serves one client at a time, so
 * connections are short: connect, ask, close.
 */
import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { abortable } from './abortable.ts';
import { withSocketPath } from './socket-path.ts';

/** QEMU refused a command, or went away. */
export class QmpError extends Error {
  override readonly name = 'QmpError';
}

export interface Qmp {
  /** Runs one command and returns what it answers. Rejects with QmpError when QEMU refuses, goes away or takes over 10 s. */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Runs one line of the human monitor and returns what it prints. */
  monitor(line: string): Promise<string>;
}

export interface QmpOptions {
  readonly signal?: AbortSignal | undefined;
}

const answerTimeoutMs = 10_000;
const longestLine = 4 * 1024 * 1024;

const messageSchema = z.object({
  QMP: z.unknown().optional(),
  event: z.string().optional(),
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
});
type Message = z.infer<typeof messageSchema>;

/** Connects, calls `use` and closes. Rejects with QmpError when nothing listens there, `signal.reason` when aborted. */
export async function withQmp<T>(
  path: string,
  use: (qmp: Qmp) => Promise<T>,
  options: QmpOptions = {},
): Promise<T> {
  const socket = await withSocketPath(path, (short) => abortable(connected(short), options.signal));
  const session = new QmpSession(socket);
  try {
    return await abortable(
      session.open().then(() => use(session)),
      options.signal,
    );
  } finally {
    session.close();
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (cause) => reject(new QmpError('QEMU does not listen on its socket', { cause })));
  });
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: QmpError): void;
}

class QmpSession implements Qmp {
  readonly #socket: Socket;
  readonly #answers = new Map<number, Waiting>();
  #greeted: () => void = () => undefined;
  #lastId = 0;
  #rest = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => undefined);
    socket.once('close', () => this.#lost('QEMU closed its socket'));
  }

  async open(): Promise<void> {
    await this.#answer(0, (waiting) => {
      this.#greeted = () => waiting.resolve(undefined);
    });
    await this.execute('qmp_capabilities');
  }

  close(): void {
    this.#socket.destroy();
  }

  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return this.#answer(id, () => {
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });
  }

  async monitor(line: string): Promise<string> {
    return z.string().parse(await this.execute('human-monitor-command', { 'command-line': line }));
  }

  #answer(id: number, ask: (waiting: Waiting) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lost('QEMU does not answer'), answerTimeoutMs);
      const settle =
        <T>(outcome: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          this.#answers.delete(id);
          outcome(value);
        };
      const waiting: Waiting = { resolve: settle(resolve), reject: settle(reject) };
      this.#answers.set(id, waiting);
      ask(waiting);
    });
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) this.#lost('QEMU said too much');
    for (const line of lines) this.#take(messageSchema.parse(JSON.parse(line)));
  }

  #take(message: Message): void {
    if (message.QMP !== undefined) this.#greeted();
    else if (message.event === undefined) this.#answered(message);
  }

  #answered({ id, error, ...message }: Message): void {
    const waiting = this.#answers.get(id ?? 0);
    if (error) waiting?.reject(new QmpError(error.desc));
    else waiting?.resolve(message.return);
  }

  #lost(why: string): void {
    this.#socket.destroy();
    const error = new QmpError(why);
    for (const waiting of [...this.#answers.values()]) waiting.reject(error);
  }
}
