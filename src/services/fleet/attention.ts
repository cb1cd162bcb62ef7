import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import type { AttentionItem, AttentionView, SignedIn } from '../views.ts';
import { failedCaptures, suspendedRevisions } from './attention/images-attention.ts';
import { failedNodes, pausedNodes, unmovedBookings } from './attention/nodes-attention.ts';
import { disarmed, draining } from './attention/places-attention.ts';
import { booksDiffer, failedTasks, quarantined } from './attention/work-attention.ts';
import { missingFiles } from './missing-files.ts';

/** Everything that needs a person: one sentence each, since when, who is hit, and what can be done about it. */
export async function attention(deps: ServiceDeps, me: SignedIn): Promise<AttentionView> {
  if (!may(me, 'attention.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const lists = [
      disarmed,
      draining,
      failedNodes,
      pausedNodes,
      unmovedBookings,
      suspendedRevisions,
      missingFiles,
      failedCaptures,
      failedTasks,
      quarantined,
      booksDiffer,
    ];
    const items: AttentionItem[] = [];
    for (const list of lists) items.push(...(await list(reader)));
    return { items: items.sort((a, b) => a.since - b.since), lookedAt: reader.now };
  });
}
