/** A daemon in a process of its own, for tests that kill or stop it. It is told what to do over IPC (daemon-child.ts). */
import { randomBytes } from 'node:crypto';
import { connectDatabase } from '../../db/connect.ts';
import { createDaemon } from '../../src/daemon/create-daemon.ts';
import { runUntilSettled, testParts } from './crash-lab.ts';
import type { DaemonOrder } from './daemon-child.ts';
import { daemonDeps } from './lab.ts';
import { isStepOf } from './step-of.ts';

process.once('disconnect', () => process.exit(1));
process.once('message', (order: DaemonOrder) => void carryOut(order));

async function carryOut(order: DaemonOrder): Promise<void> {
  const db = connectDatabase(order.url);
  if (order.stay) {
    const over = {
      ...testParts(),
      holder: `${order.name}:${randomBytes(6).toString('hex')}`,
      placeId: order.placeId ?? 1,
      ...(order.leaseMilliseconds ? { leaseMilliseconds: order.leaseMilliseconds } : {}),
    };
    await createDaemon(daemonDeps(db, order.directory, { ...order.options, over })).start();
    process.send?.('started');
    return;
  }
  await runUntilSettled(db, order.directory, order.options, killer(order));
  await db.close();
  process.send?.('settled');
}

/** Kills this process as `kill -9` does, right after the n-th step of an action, or after the first with that name. */
function killer({ kill }: DaemonOrder) {
  let steps = 0;
  return (step: string) => {
    if (!kill || !isStepOf(kill.action, step)) return;
    if ([++steps, step].includes(kill.step)) process.kill(process.pid, 'SIGKILL');
  };
}
