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
  await queueMail(tx, deps, notice, reservationId);
  return true;
}

/** Tells an image's owner, who asked for the task, and who still sees what is true no more, on Home and by mail. */
export async function notifyOfImage(
  tx: Tx,
  deps: DaemonDeps,
  task: TaskRow,
  notice: Parameters<typeof addImageNotices>[1],
): Promise<void> {
  const { by = null } = JSON.parse(task.args) as { by?: number };
  for (const id of await addImageNotices(tx, notice, by)) await queueMail(tx, deps, id);
}

/** Mails a notice, where mail is sent. */
export async function queueMail(
  tx: Tx,
  deps: DaemonDeps,
  notice: number,
  reservationId?: number,
): Promise<void> {
  if (!deps.mailer) return;
  const task = { action: 'notify', targetType: 'notice', targetId: notice } as const;
  await queueTask(tx, task, { placeId: deps.placeId, reservationId: reservationId ?? null });
}
