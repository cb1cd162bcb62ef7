import { firstPlace } from '../../../db/queries/blocks.ts';
import { moveBlock } from '../../../db/repositories/blocks.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import type { BlockState } from '../../domain/blocks.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import type { BlockDecision } from '../blocks.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { mayDecide, ownBlock } from './read.ts';
import { tellAsker } from './work.ts';

const mostReason = 300;

/** Its dates are held by a task, one transaction each. Of two who decide at once, the second is told. */
export function approveBlock(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  { version, skipsShort = false }: BlockDecision = {},
  once: Once = {},
): Promise<void> {
  const decided = { state: 'approving', skips_short: skipsShort ? 1 : 0, says: null } as const;
  return decide(deps, me, { id, version, once, how: 'approve' }, async (tx) => {
    await queueWork(tx, id);
    return decided;
  });
}

export async function rejectBlock(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  reason: string,
  once: Once = {},
): Promise<void> {
  const says = reason.trim();
  if (says === '') throw invalid('reason', 'Say why: who asked for it reads it.');
  if (says.length > mostReason) throw invalid('reason', `At most ${mostReason} characters.`);
  await decide(deps, me, { id, once, how: 'reject' }, async () => ({ state: 'rejected', says }));
  await inTransaction(deps.db, (tx) => tellAsker(tx, id, 'rejected', me.id));
}

interface Asked {
  readonly id: number;
  readonly version?: number | undefined;
  readonly once: Once;
  readonly how: string;
}

async function decide(
  deps: ServiceDeps,
  me: SignedIn,
  { id, version, once, how }: Asked,
  work: (tx: Tx) => Promise<Parameters<typeof moveBlock>[3]>,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const row = await ownBlock(tx, me, id);
    if (!mayDecide(me, row)) throw new LabError('not-allowed');
    await doOnce(tx, me, once, [`${how}-block`, id], async () => {
      const patch = { ...(await work(tx)), decided_by: me.id, decided_at: tx.now };
      if (!(await moveBlock(tx, { id, version: version ?? row.version }, ['asked'], patch)))
        throw new LabError('block.state', { detail: whatItIs(row.state) });
      await addEvent(tx, { kind: `block.${how}`, actorId: me.id, data: { blockId: id, course: row.course } });
      return null;
    });
  });
}

const states: Readonly<Record<BlockState, string>> = {
  asked: 'It was changed in the meantime: look at what it is now.',
  approving: 'It was approved in the meantime.',
  approved: 'It was approved in the meantime.',
  returning: 'It was approved in the meantime.',
  ending: 'It was withdrawn in the meantime.',
  rejected: 'It was rejected in the meantime.',
  withdrawn: 'It was withdrawn in the meantime.',
};
const whatItIs = (state: BlockState): string => states[state];

/** Seats that are held go back by the same task. */
export async function withdrawBlock(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const row = await ownBlock(tx, me, id);
    await doOnce(tx, me, once, ['withdraw-block', id], async () => {
      const holds = row.state === 'approved';
      const patch = { state: holds ? 'ending' : 'withdrawn', says: null } as const;
      if (!(await moveBlock(tx, row, ['asked', 'approved'], patch)))
        throw new LabError('block.state', { detail: whatItIs(row.state) });
      if (holds) await queueWork(tx, id);
      await addEvent(tx, {
        kind: 'block.withdraw',
        actorId: me.id,
        data: { blockId: id, course: row.course },
      });
      return null;
    });
  });
}

async function queueWork(tx: Tx, id: number): Promise<void> {
  const placeId = await firstPlace(tx);
  await queueTask(tx, { action: 'approveblock', targetType: 'block', targetId: id }, { placeId });
}
