/** Who teaches is told of their seats on Home and by mail, once each. */
import { firstPlace } from '../../../db/queries/blocks.ts';
import { shortDateRows, shortKey, teachersOf, untoldTeachers } from '../../../db/queries/class-day.ts';
import { addBlockNotice } from '../../../db/repositories/notices.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import type { Tx } from '../../../db/transaction.ts';
import type { MaintenanceFacts } from '../../domain/contracts/closings.ts';

/** Who runs the installation sees it on *Needs attention*. */
export async function tellOfLost(tx: Tx, dateId: number): Promise<void> {
  const date = (await shortDateRows(tx)).find(({ id }) => id === dateId);
  if (!date) return;
  const { course, lost, late, seats, block_id: blockId, image_id: imageId } = date;
  for (const userId of await untoldTeachers(tx, date))
    await tell(tx, { userId, imageId }, `${shortKey(date)}${userId}`, { blockId, course, lost, late, seats });
}

/** Who runs the installation sees it on the page of the window. */
export async function tellOfClosedSeats(
  tx: Tx,
  dateId: number,
  { id, version, reason }: MaintenanceFacts,
): Promise<void> {
  for (const { user_id: userId, image_id: imageId, ...date } of await teachersOf(tx, dateId)) {
    const data = { blockId: date.block_id, course: date.course, date: date.date, reason };
    await tell(tx, { userId, imageId }, `seatsclosed-${dateId}-${id}-${version}-${userId}`, data);
  }
}

async function tell(
  tx: Tx,
  about: { readonly userId: number; readonly imageId: number },
  key: string,
  data: object,
): Promise<void> {
  const notice = await addBlockNotice(tx, about, key, data);
  if (notice === null) return;
  const task = { action: 'notify', targetType: 'notice', targetId: notice } as const;
  await queueTask(tx, task, { placeId: await firstPlace(tx) });
}
