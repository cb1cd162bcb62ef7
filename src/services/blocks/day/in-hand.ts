import { type BlockListRow, type DateRow, dateRows } from '../../../../db/queries/blocks.ts';
import { guardApproved } from '../../../../db/repositories/blocks.ts';
import type { Reader, Tx } from '../../../../db/transaction.ts';
import { claimsOpen } from '../../../domain/blocks.ts';
import { LabError } from '../../../domain/errors.ts';
import type { SignedIn } from '../../views.ts';
import { ownBlock } from '../read.ts';

/** A date of a class whose seats are held, and of whose course this person is. */
export interface InHand {
  readonly block: BlockListRow;
  readonly date: DateRow;
}

export async function dateOf(reader: Reader, me: SignedIn, id: number, dateId: number): Promise<InHand> {
  const block = await ownBlock(reader, me, id);
  const date = (await dateRows(reader, id)).find((row) => row.id === dateId);
  if (!date) throw new LabError('not-found');
  return { block, date };
}

/**
 * The same to change something of it, its guard row first: throws `block.state` where its seats are not held, or it is over; with
 * `since` too before its seats can be claimed, or before it begins.
 */
export async function takeInHand(
  tx: Tx,
  me: SignedIn,
  id: number,
  dateId: number,
  { since }: { readonly since?: 'claims' | 'start' } = {},
): Promise<InHand> {
  const refuse = (detail: string) => new LabError('block.state', { detail });
  await ownBlock(tx, me, id);
  const isApproved = await guardApproved(tx, id);
  const found = await dateOf(tx, me, id, dateId);
  const { date } = found;
  if (!isApproved || date.state !== 'held') throw refuse('Its seats are not held.');
  if (Number(date.end_at) <= tx.now) throw refuse('This class is over.');
  const from = Number(date.start_at) - (since === 'claims' ? claimsOpen : 0);
  if (since !== undefined && from > tx.now) throw refuse('This class has not begun.');
  return found;
}
