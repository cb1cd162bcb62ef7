import { addImageNotices, addNotice } from '../../db/repositories/notices.ts';
import { queueTask, type TaskRow } from '../../db/repositories/tasks.ts';
import type { Tx } from '../../db/transaction.ts';
import type { DaemonDeps } from './deps.ts';

interface Told {
  readonly reservationId: number;
  readonly key: string;
  readonly facts: object;
  readonly imageId?: number | undefined;
}

/** Tells a reservation's person once per key, on the page and by mail; false when they were told before. */
export async function notify(
  tx: Tx,
  deps: DaemonDeps,
  { reservationId, key, facts, imageId }: Told,
): Promise<boolean> {
  const notice = await addNotice(tx, reservationId, key, facts, imageId);
  if (notice === null) return false;
  await mail(tx, deps, notice, reservationId);
  return true;
}

interface ToldOfImage {
  readonly imageId: number;
  readonly key: string;
  readonly facts: object;
}

/** Tells an image's owner, and who asked for the task, each once per key, on Home and by mail. */
export async function notifyOfImage(
  tx: Tx,
  deps: DaemonDeps,
  task: TaskRow,
  { imageId, key, facts }: ToldOfImage,
): Promise<void> {
  const { by = null } = JSON.parse(task.args) as { by?: number };
  for (const notice of await addImageNotices(tx, { imageId, by }, key, facts)) await mail(tx, deps, notice);
}

async function mail(tx: Tx, deps: DaemonDeps, notice: number, reservationId?: number): Promise<void> {
  if (!deps.mailer) return;
  const task = { action: 'notify', targetType: 'notice', targetId: notice } as const;
  await queueTask(tx, task, { placeId: deps.placeId, reservationId: reservationId ?? null });
}
