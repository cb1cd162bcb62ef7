import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../labrador', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The program as people run it, with these settings and none of this process's own. */
export function labrador(env: Readonly<Record<string, string>>) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('LABRADOR_'));
  const settings = { ...Object.fromEntries(clean), ...env };
  return {
    /** Runs one command to its end. */
    async run(args: readonly string[], input = ''): Promise<Ran> {
      const running = begin(args, settings);
      running.child.stdin?.end(input);
      const [code] = await once(running.child, 'close');
      return { code, out: running.out(), err: running.err() };
    },
    /** Begins one that goes on. */
    begin: (...args: string[]) => begin(args, settings),
  };
}

export interface RunningLabrador {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** Waits until standard output has it; rejects with all that was said when the program ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for the end; its exit code. */
  ended(): Promise<number | null>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

function begin(args: readonly string[], env: Record<string, string | undefined>): RunningLabrador {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: 'pipe' });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const closed = once(child, 'close');
  return {
    child,
    out: () => said.out,
    err: () => said.err,
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(said.out);
        if (found) return found;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`it ended without saying ${pattern}:\n${said.out}${said.err}`);
        }
        await Promise.race([once(child.stdout, 'data'), closed]);
      }
    },
    async ended() {
      await closed;
      return child.exitCode;
    },
    async end(signal) {
      child.kill(signal);
      await closed;
      return child.exitCode;
    },
  };
}
