/**
 * Outside commands: the only place that starts them. A child dies with its daemon (`setpriv --pdeathsig KILL` where there
 * is one) and never outlives its time-out or its signal.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Duplex } from 'node:stream';

export interface ExecOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; 60,000 unless told. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Told what it says on its standard error as it comes, in pieces of any size. */
  readonly onStderr?: (text: string) => void;
  /** Written to its standard input. */
  readonly input?: string | Buffer;
  /** Told of what it says while it runs. */
  readonly onOutput?: (text: string) => void;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command ended with a failure. The message holds its name and the end of what it said, never its arguments. */
export class ExecError extends Error {
  readonly command: string;
  /** Null: it was killed, at its time-out if nobody else did it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** `end`: how it ended, where we had it end. */
  constructor(
    command: string,
    code: number | null,
    { stdout, stderr }: ExecResult,
    end = `ended with ${code ?? 'a signal'}`,
  ) {
    super(`${command} ${end}: ${stderr.trim().slice(-500) || 'it said nothing'}`);
    this.name = 'ExecError';
    this.command = command;
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file));
const mostOutput = 16 * 1024 * 1024;

/** Starts a command that dies with this process. `command` is looked up on PATH; arguments must hold no secrets. */
function spawnChild(command: string, args: readonly string[], options: ExecOptions = {}): ChildProcess {
  const [file, argv] = setpriv
    ? [setpriv, ['--pdeathsig', 'KILL', '--', command, ...args]]
    : [command, [...args]];
  return spawn(file, argv, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/**
 * Runs a command to its end and returns what it said. Rejects with ExecError on any other exit code than 0, with
 * `signal.reason` when aborted, and with ExecError after the time-out.
 */
export function exec(
  command: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { signal, timeoutMs = 60_000 } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    let end: string | undefined;
    const child = spawnChild(command, args, options);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let size = 0;
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostOutput) giveUp('was stopped, since it said more than 16 MB');
      else into.push(chunk);
    };
    const stop = () => {
      child.kill('SIGKILL');
      // What it started may go on and keep these open: nobody waits for that.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const giveUp = (how: string) => {
      end ??= how;
      stop();
    };
    const timer = setTimeout(giveUp, timeoutMs, `was stopped after ${timeoutMs / 1000} s`);
    signal?.addEventListener('abort', stop, { once: true });
    child.stdout?.on('data', collect(stdout));
    child.stdout?.on('data', (chunk: Buffer) => options.onOutput?.(chunk.toString()));
    child.stderr?.on('data', collect(stderr));
    if (options.onStderr) child.stderr?.on('data', (chunk: Buffer) => options.onStderr?.(chunk.toString()));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
    const finish = (outcome: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      outcome();
    };
    child.once('error', (error) => finish(() => reject(error)));
    child.once('close', (code) =>
      finish(() => {
        const said = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
        if (signal?.aborted) reject(signal.reason);
        else if (code === 0) resolve(said);
        else reject(new ExecError(command, code, said, end));
      }),
    );
  });
}

/** So long may one take that was told to end by the end of its input. Milliseconds. */
const lastWords = 5_000;

/**
 * Talks with a command for as long as it runs: what is written is its standard input, what is read is what it says, and the end
 * is its end. Destroyed, its input ends and it has 5 s to go. Fails with ExecError when it ended with any other code than 0.
 */
export function converse(command: string, args: readonly string[], options: ExecOptions = {}): Duplex {
  const child = spawnChild(command, args, options);
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('a child has pipes');
  const said: Buffer[] = [];
  let timer: NodeJS.Timeout | undefined;
  const talk = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => void stdin.write(chunk, done),
    final: (done) => void stdin.end(done),
    destroy(error, done) {
      stdin.destroy();
      stdout.resume();
      if (child.exitCode === null) timer = setTimeout(() => child.kill('SIGKILL'), lastWords);
      done(error);
    },
  });
  stdin.on('error', () => undefined);
  stdout.on('data', (chunk: Buffer) => {
    if (!talk.destroyed && !talk.push(chunk)) stdout.pause();
  });
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  child.once('error', (error) => talk.destroy(error));
  child.once('close', (code) => {
    clearTimeout(timer);
    const stderr = Buffer.concat(said).toString();
    if (code === 0) talk.push(null);
    else talk.destroy(new ExecError(command, code, { stdout: '', stderr }));
  });
  return talk;
}
