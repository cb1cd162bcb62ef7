import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Loaded } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ownProgram } from '../../../src/lib/own-program.ts';

const entry = new URL('../../helpers/load-node.ts', import.meta.url);

/** A daemon of its own that does nothing but load one node, and can be killed as daemons are. */
export class LoadingProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(module: string, context: ProvisioningContext) {
    const [program, ...args] = ownProgram(entry);
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { signal: _signal, os: _os, osAt: _osAt, log: _log, progress: _progress, ...facts } = context;
    this.#child.stdin?.end(JSON.stringify({ module, ...facts }));
    const output = this.#child.stdout;
    if (!output) throw new Error('the process has no output');
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
  }

  /** Waits until the load has come to a step. */
  async step(name: string): Promise<void> {
    await this.#line(`step ${name}`);
  }

  /** Waits until the load is through. */
  async loaded(): Promise<Loaded> {
    return JSON.parse((await this.#line('loaded ')).slice('loaded '.length)) as Loaded;
  }

  /** kill -9: no code of it runs any more. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #line(start: string): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`the process ended before it said "${start}"`);
      if (value.startsWith(start)) return value;
    }
  }
}
