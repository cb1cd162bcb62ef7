import { randomBytes } from 'node:crypto';
import type { ModuleLog } from '../domain/contracts/module-context.ts';
import { LabError, ModuleError } from '../domain/errors.ts';
import { ConfigError } from '../lib/config.ts';
import { DataDirectoryError } from '../lib/data-directory.ts';
import { ImageRefused } from '../lib/images/image-refused.ts';
import { ImageBuildError } from '../lib/images/image-tools.ts';

/** A command cannot do what it was asked; the message is a sentence. Exit code 2: it was asked wrongly. */
export class CommandError extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

const spoken = [CommandError, LabError, ModuleError, DataDirectoryError, ImageRefused, ImageBuildError];

export interface Failure {
  readonly sentence: string;
  readonly exitCode: 1 | 2;
}

/** What is said about an error: one sentence, never a stack. What nobody foresaw goes into the log, under an id. */
export function describeFailure(error: unknown, log?: ModuleLog): Failure {
  if (error instanceof ConfigError) return { sentence: error.message, exitCode: 2 };
  if (error instanceof CommandError) return { sentence: error.message, exitCode: error.exitCode };
  if (spoken.some((kind) => error instanceof kind))
    return { sentence: (error as Error).message, exitCode: 1 };
  const known = systemFailure(error);
  if (known !== null) return { sentence: known, exitCode: 1 };
  const id = randomBytes(4).toString('hex');
  log?.error({ err: error, id }, 'a command failed');
  const where = log ? ` (${id} in the log)` : '';
  return { sentence: `Something went wrong${where}: ${firstLine((error as Error).message)}`, exitCode: 1 };
}

const fileFailures: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read or written by this account',
  EPERM: 'may not be changed by this account',
  EISDIR: 'is a folder',
  ENOTDIR: 'lies under something that is no folder',
  EROFS: 'cannot be written: the disk is read-only',
};

function systemFailure(error: unknown): string | null {
  const { code, message, path } = error as { code?: unknown; message?: unknown; path?: string };
  if (path !== undefined && fileFailures[String(code)]) return `${path} ${fileFailures[String(code)]}.`;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return 'The disk is full.';
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT') {
    return `The database cannot be reached (${String(code)}). Check LABRADOR_DATABASE_URL.`;
  }
  if (
    code === 'ER_ACCESS_DENIED_ERROR' ||
    code === 'ER_BAD_DB_ERROR' ||
    code === 'ER_DBACCESS_DENIED_ERROR'
  ) {
    return `The database refuses: ${firstLine(String(message))}. Check LABRADOR_DATABASE_URL.`;
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
    return 'The database file is damaged, or is none.';
  return null;
}

export function firstLine(text: string): string {
  return (text ?? '').split('\n')[0] ?? '';
}
