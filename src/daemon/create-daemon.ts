import { isArmed } from '../../db/repositories/installation.ts';
import { queueTask } from '../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { sleep } from '../lib/sleep.ts';
import { serveWhenFreed } from '../services/waiting/serve.ts';
import { keepTelling } from './alerts.ts';
import type { DaemonDeps } from './deps.ts';
import { openProxies } from './gateway-doors.ts';
import { Runner } from './runner.ts';
import { watchImageFiles } from './watch-image-files.ts';

export interface Daemon {
  /** Resolves when it works, or waits for being armed. */
  start(): Promise<void>;
  /** Drains: nothing more is claimed, what runs stops at its next step and goes on at the next start. */
  stop(): Promise<void>;
  /** Where the clock stands still: nothing happens any more until it is moved, or somebody asks for something. */
  isAtRest(): boolean;
}

const armedEvery = 1_000;
/** What is done again and again for a place. */
const placeActions = [
  'reconcile',
  'heal',
  'discover',
  'watchbmcs',
  'watchnetworks',
  'closings',
  'waitlist',
  'invite',
  'classes',
  'preload',
  'audit',
] as const;

/** A daemon of one place. A disarmed place is read and shown, and no machine is touched until it is armed. */
export function createDaemon(deps: DaemonDeps): Daemon {
  serveWhenFreed(deps);
  const runner = new Runner(deps);
  const stopping = new AbortController();
  let beside: Promise<unknown> = Promise.resolve();
  let started = false;

  const armed = () => reading(deps.db, (reader) => isArmed(reader, deps.placeId));
  const begin = async () => {
    started = true;
    await openProxies(deps);
    await inTransaction(deps.db, async (tx) => {
      for (const action of placeActions) {
        if (action === 'invite' && deps.mailer === null) continue;
        await queueTask(
          tx,
          { action, targetType: 'place', targetId: deps.placeId },
          { placeId: deps.placeId },
        );
      }
    });
    await runner.start();
  };
  const beginWhenArmed = async () => {
    while (!started && !stopping.signal.aborted) {
      await sleep(armedEvery, stopping.signal).catch(() => undefined);
      if (!stopping.signal.aborted && (await armed())) await begin();
    }
  };
  return {
    async start() {
      if (await armed()) await begin();
      const waiting = beginWhenArmed().catch((error: unknown) =>
        deps.log.error({ err: error }, 'the daemon could not begin when it was armed'),
      );
      beside = Promise.all([
        waiting,
        watchImageFiles(deps, stopping.signal),
        keepTelling(deps, stopping.signal),
      ]);
    },
    async stop() {
      stopping.abort();
      await beside;
      if (started) await runner.stop();
    },
    isAtRest: () => runner.isAtRest(),
  };
}
