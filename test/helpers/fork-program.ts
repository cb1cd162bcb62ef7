import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { ownProgram } from '../../src/lib/own-program.ts';

/** One of our own programs in a process that talks with this one. */
export function forkProgram(
  entry: URL,
  args: readonly string[] = [],
  options: ForkOptions = {},
): ChildProcess {
  const [, program, ...rest] = ownProgram(entry, ...args);
  return fork(program ?? '', rest, options);
}
