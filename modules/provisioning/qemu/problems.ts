/** What goes wrong here, in sentences for people. */
import { readFile } from 'node:fs/promises';
import { ModuleError } from '../../../src/domain/errors.ts';
import { ExecError } from '../../../src/lib/exec.ts';
import { QmpError } from '../../../src/lib/qmp.ts';
import type { GuestFiles } from './guest-files.ts';

/** Turns an error of the file system, of qemu-img or of QMP into a ModuleError; leaves every other as it is. */
export function asModuleError(error: unknown): unknown {
  if (error instanceof ModuleError || !(error instanceof Error)) return error;
  if (isDiskFull(error)) {
    return diskFull(error);
  }
  if (error instanceof ExecError) return new ModuleError('node_broken', error.message, { cause: error });
  if ((error as NodeJS.ErrnoException).code === 'EXDEV') {
    const sentence = 'The folders images and pools of the data directory must lie on one disk';
    return new ModuleError('unsatisfiable', sentence, { cause: error });
  }
  if (error instanceof QmpError) return new ModuleError('retry', error.message, { cause: error });
  if ((error as NodeJS.ErrnoException).code === 'ENOENT' && 'syscall' in error && error.syscall === 'spawn') {
    return new ModuleError('unsatisfiable', 'QEMU is not installed here', { cause: error });
  }
  return error;
}

export function diskFull(cause?: unknown): ModuleError {
  return new ModuleError('retry', "The disk that holds the machines' disks is full.", { cause });
}

function isDiskFull(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device|Disk quota/.test(error.message);
}

/** QEMU is gone though nobody ended it; says what it said last. */
export async function diedAtOnce(files: GuestFiles): Promise<ModuleError> {
  const said = await lastLine(files.path('qemuLog'), /: warning: /);
  return new ModuleError('node_broken', `QEMU ended: ${said || 'it said nothing'}`);
}

/** The guest did not come up in time, which a slow hour may explain: worth one more try. Says what its console shows. */
export async function neverAnswered(files: GuestFiles, seconds: number): Promise<ModuleError> {
  const shown = await lastLine(files.path('consoleLog'));
  const where = shown ? `; its console ends with "${shown}"` : '; its console is empty';
  return new ModuleError('failed', `The machine did not answer over SSH within ${seconds} s${where}`);
}

/** The last line that says something, `but` such, without control characters: a guest decides what stands in its console. */
async function lastLine(file: string, but = /^$/): Promise<string> {
  const text = await readFile(file, 'latin1').catch(() => '');
  const lines = text
    .slice(-4096)
    .split('\n')
    .map((line) => line.replace(/[^\x20-\x7e]/g, '').trim());
  return lines.findLast((line) => line !== '' && !but.test(line))?.slice(-200) ?? '';
}
