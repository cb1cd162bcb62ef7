import type { Log } from '../lib/log.ts';
import { describeFailure } from './failure.ts';
import { complain } from './say.ts';

/**
 * What nobody caught: a rejection is a line in the log; after an exception nothing can be relied on any more, so the process
 * ends with a sentence, and the next start goes on from what the database says.
 */
export function catchDefects(log: Log): void {
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'nobody waited for this failure'));
  process.on('uncaughtException', (error) => {
    complain(describeFailure(error, log).sentence);
    process.exit(1);
  });
}
