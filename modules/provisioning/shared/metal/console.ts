import { join } from 'node:path';
import type { ConsoleAccess } from '../../../../src/domain/contracts/provisioning.ts';
import { loadFolder } from './load-record.ts';
import type { Metal } from './metal.ts';
import { macFileName } from './metal-files.ts';

/** The file that the pool's settings name; a machine without one has said nothing. */
export async function consoleOf({ context }: Metal): Promise<ConsoleAccess> {
  const { consoleLog } = context.settings;
  const logFile =
    consoleLog === ''
      ? join(loadFolder(context), 'console.log')
      : consoleLog.replaceAll('{name}', context.node.name).replaceAll('{mac}', macFileName(context.node.mac));
  return { socket: null, logFile };
}
