import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';

export type Log = pino.Logger;
type LogContext = Readonly<Record<string, unknown>>;
const context = new AsyncLocalStorage<LogContext>();

/** Every line that is logged inside `work` carries these facts too: `withLogContext({ reservation: 7 }, ...)`. */
export function withLogContext<T>(facts: LogContext, work: () => T): T {
  return context.run({ ...context.getStore(), ...facts }, work);
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  /** JSON lines are appended here; absent: nowhere. */
  readonly file?: string;
  readonly level?: LogLevel;
  /** Told each line of at least `loudLevel`, for people: the terminal. Absent: nobody. */
  readonly say?: (line: string) => void;
  readonly loudLevel?: LogLevel;
}

const secretNames = [
  'password',
  'token',
  'secret',
  'session',
  'authorization',
  'cookie',
  'privateKey',
  'secrets',
];

/** A log: static message, facts in the object. What has a secret's name is written as `[secret]`. */
export function createLog(options: LogOptions): Log {
  const { level = 'info', loudLevel = 'warn', say } = options;
  const streams: pino.StreamEntry[] = [];
  if (options.file) streams.push({ level, stream: fileStream(options.file) });
  if (say) streams.push({ level: loudLevel, stream: { write: (line) => say(forPeople(line)) } });
  const redact = {
    paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    censor: '[secret]',
  };
  return pino(
    {
      level,
      base: null,
      redact,
      mixin: () => ({ ...context.getStore() }),
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
    },
    pino.multistream(streams),
  );
}

/** Written through at once, so that a kill loses nothing. A full disk costs lines, never the program. */
function fileStream(file: string): pino.DestinationStream {
  const stream = pino.destination({ dest: file, mkdir: true, sync: true, mode: 0o600 });
  stream.on('error', () => undefined);
  return stream;
}

/** `warning: a node failed (node=3 error="no answer")` */
function forPeople(line: string): string {
  const { level, time: _, msg, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const words = Object.entries(facts).map(([name, value]) => `${name}=${inOneLine(value)}`);
  const title = `${level === 'warn' ? 'warning' : String(level)}: ${String(msg)}`;
  return words.length > 0 ? `${title} (${words.join(' ')})` : title;
}

function inOneLine(value: unknown): string {
  const message = (value as { message?: unknown } | null)?.message;
  return JSON.stringify(typeof message === 'string' ? message : value);
}
