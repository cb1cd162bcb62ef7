import { eventsOfTasks } from '../../../db/queries/events.ts';
import { testedBy } from '../../../db/repositories/pools.ts';
import { queueTask, type TaskRow } from '../../../db/repositories/tasks.ts';
import type { PoolRow } from '../../../db/rows.ts';
import { inTransaction, type Reader, reading } from '../../../db/transaction.ts';
import type { PoolCheck } from '../../domain/contracts/provisioning.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import { onChange } from '../reservations/watch.ts';
import type { Once } from '../services.ts';
import type { PoolTestView, SignedIn } from '../views.ts';
import { networkChecks } from './pool-network.ts';
import { poolRow } from './pools.ts';

/** How long whoever asks waits for what is found, in milliseconds. */
const patience = 20_000;

/** Lets the daemon of its place test a pool, and answers with what it found, or how far it is after 20 s. */
export async function testPool(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<PoolTestView> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  await inTransaction(deps.db, async (tx) => {
    await doOnce(tx, me, once, ['test-pool', id], async () => {
      const { place_id: placeId } = await poolRow(tx, id);
      const [place] = await tx.rows<{ armed: number }>('SELECT armed FROM places WHERE id = ?', [placeId]);
      if (place?.armed !== 1) throw new LabError('place.disarmed');
      await testedBy(
        tx,
        id,
        await queueTask(tx, { action: 'checkpool', targetType: 'pool', targetId: id }, { placeId }),
      );
      return null;
    });
  });
  const ended = await onChange(deps.db, patience, async () => {
    const test = await poolTest(deps, me, id);
    return test?.endedAt === null ? null : test;
  });
  const test = ended ?? (await poolTest(deps, me, id));
  if (!test) throw new LabError('not-found');
  return test;
}

/** The last test of a pool; null when there was none. */
export async function poolTest(deps: ServiceDeps, me: SignedIn, id: number): Promise<PoolTestView | null> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const row = await poolRow(reader, id);
    return row.test_task_id === null ? null : testOf(reader, row, row.test_task_id);
  });
}

/** What is checked by itself, too, is as it was found last. */
async function testOf(reader: Reader, pool: PoolRow, taskId: number): Promise<PoolTestView | null> {
  const [task] = await reader.rows<TaskRow & { place: string | null }>(
    'SELECT t.*, p.name AS place FROM tasks t LEFT JOIN places p ON p.id = t.place_id WHERE t.id = ?',
    [taskId],
  );
  if (!task) return null;
  const event = (await eventsOfTasks(reader, [taskId], 5)).findLast(({ kind }) => kind === 'pool-tested');
  const found = JSON.parse(event?.data ?? '{}') as { checks?: PoolCheck[]; version?: number };
  return {
    taskId,
    state: task.status,
    askedAt: Number(task.created_at),
    endedAt: task.ended_at === null ? null : Number(task.ended_at),
    place: task.place ?? '',
    failure: task.status === 'failed' ? task.result : null,
    checks: task.ended_at === null ? [] : withNetwork(found.checks ?? [], networkChecks(pool)),
    outdated: found.version !== undefined && found.version !== pool.version,
  };
}

function withNetwork(found: readonly PoolCheck[], network: readonly PoolCheck[]): PoolCheck[] {
  return [...found.filter(({ part }) => part === undefined), ...network];
}
