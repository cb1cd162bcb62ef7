import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { TaskAction } from '../../src/domain/contracts/task.ts';
import { forkProgram } from './fork-program.ts';
import type { LabOptions } from './lab.ts';

export interface DaemonOrder {
  readonly url: string;
  readonly directory: string;
  readonly options?: Pick<LabOptions, 'times'>;
  /** Kill it right after this step of this action, by number or name; otherwise it runs until nothing but timers is left. */
  readonly kill?: { readonly action: TaskAction; readonly step: number | string };
  /** Runs on until it is killed, under this name. */
  readonly stay?: boolean;
  readonly name?: string;
  readonly placeId?: number;
  readonly leaseMilliseconds?: number;
}

/** Starts a process that waits for its order; the imports are the slow part, so start it ahead. */
export function startDaemonProcess(): ChildProcess {
  return forkProgram(new URL('./daemon-process.ts', import.meta.url));
}

/** Gives the order and waits for its end: the signal that killed it, or null when it settled. */
export async function runDaemonProcess(
  child: ChildProcess,
  order: DaemonOrder,
): Promise<NodeJS.Signals | null> {
  const settled = once(child, 'message');
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  child.send(order);
  const ending = await Promise.race([settled.then(() => null), ended]);
  if (ending === null) child.kill('SIGKILL');
  return ending?.[1] ?? null;
}
