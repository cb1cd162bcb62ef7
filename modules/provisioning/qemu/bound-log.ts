import { stat, truncate } from 'node:fs/promises';
import type { GuestFiles } from './guest-files.ts';

const mostBytes = 8 * 1024 * 1024;

/** Empties a console's log that has grown too long: a guest's root could fill our disk with it. QEMU appends, so it goes on at 0. */
export async function boundConsoleLog(files: GuestFiles): Promise<void> {
  const log = files.path('consoleLog');
  const { size } = await stat(log).catch(() => ({ size: 0 }));
  if (size > mostBytes) await truncate(log, 0);
}
