/**
 * Processes that outlive the daemon: guests and image servers only. They are known by pid and start time together, since a
 * pid is given to somebody else in time.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { sleep } from './sleep.ts';

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks after boot (proc(5), field 22), with the boot it was counted from. */
  readonly started: string;
}

export interface DetachedOptions {
  readonly cwd: string;
  /** Open descriptor that takes its standard output and error. */
  readonly log: number;
}

/** Starts a command in a session of its own, with an almost empty environment. Rejects when it cannot be started. */
export async function startDetached(
  command: string,
  args: readonly string[],
  options: DetachedOptions,
): Promise<ProcessId> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', options.log, options.log],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  child.unref();
  const pid = child.pid ?? 0;
  return { pid, started: (await startOf(pid)) ?? 'ended at once' };
}

/** True while that very process runs. */
export async function isRunning(id: ProcessId): Promise<boolean> {
  return (await startOf(id.pid)) === id.started;
}

/** Waits until the process is gone; false when it still runs after `timeoutMs`. */
export async function hasEnded(id: ProcessId, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
  const step = 20;
  for (let waited = 0; await isRunning(id); waited += step) {
    if (waited >= timeoutMs) return false;
    await sleep(step, signal);
  }
  return true;
}

/** Asks that very process to end, and kills it when it still runs after `graceMs`; returns when it is gone. */
export async function endProcess(id: ProcessId, graceMs: number): Promise<void> {
  await send(id, 'SIGTERM');
  if (!(await hasEnded(id, graceMs))) await killProcess(id);
}

/** Kills that very process, and nothing else that may have its pid by now; returns when it is gone. */
export async function killProcess(id: ProcessId): Promise<void> {
  await send(id, 'SIGKILL');
  await hasEnded(id, 10_000);
}

async function send(id: ProcessId, signal: NodeJS.Signals): Promise<void> {
  if (!(await isRunning(id))) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** When a process started; null when there is none, or only its exit status is left. */
export async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name, in parentheses, may hold anything; what follows it is state (field 3) and on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Its first thread may have ended (Z) while others still hold its files and locks: num_threads (field 20) counts them.
  if ((fields[0] === 'Z' || fields[0] === 'X') && Number(fields[17]) <= 1) return null;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()}+${fields[19]}`;
}
