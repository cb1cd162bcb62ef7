import { queueTask } from '../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import type { DaemonDeps } from './deps.ts';
import { Runner } from './runner.ts';

export interface Daemon {
  start(): Promise<void>;
  /** Drains: nothing more is claimed, what runs stops at its next step and goes on at the next start. */
  stop(): Promise<void>;
}

const armedEvery = 1_000;

/** A daemon of one place. A disarmed place is read and shown, and no machine is touched until it is armed. */
export function createDaemon(deps: DaemonDeps): Daemon {
  const runner = new Runner(deps);
  let waiting: NodeJS.Timeout | null = null;
  let started = false;

  const begin = async () => {
    started = true;
    await inTransaction(deps.db, async (tx) => {
      for (const action of ['reconcile', 'heal', 'audit'] as const) {
        await queueTask(
          tx,
          { action, targetType: 'place', targetId: deps.placeId },
          { placeId: deps.placeId },
        );
      }
    });
    await runner.start();
  };
  const waitUntilArmed = async () => {
    if (await isArmed(deps)) await begin();
    else waiting = setTimeout(() => void waitUntilArmed(), armedEvery);
  };
  return {
    start: waitUntilArmed,
    async stop() {
      if (waiting) clearTimeout(waiting);
      if (started) await runner.stop();
    },
  };
}

function isArmed(deps: DaemonDeps): Promise<boolean> {
  return reading(deps.db, async (reader) => {
    const [place] = await reader.rows<{ armed: number }>('SELECT armed FROM places WHERE id = ?', [
      deps.placeId,
    ]);
    return place?.armed === 1;
  });
}
