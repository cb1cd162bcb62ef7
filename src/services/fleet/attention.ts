import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { everySecond, watch } from '../reservations/watch.ts';
import type { AttentionItem, AttentionView, SignedIn } from '../views.ts';
import { undecidedBlocks } from './attention/blocks-attention.ts';
import { failedCommissions } from './attention/commissions-attention.ts';
import { failedCaptures, suspendedRevisions } from './attention/images-attention.ts';
import type { AttentionKind } from './attention/kind.ts';
import { missingFiles } from './attention/missing-files.ts';
import { wrongNetworks } from './attention/networks-attention.ts';
import { failedNodes, pausedNodes, troubledBmcs, unmovedBookings } from './attention/nodes-attention.ts';
import { disarmed, draining } from './attention/places-attention.ts';
import { shortClasses } from './attention/short-classes.ts';
import { slowLoads } from './attention/slow-loads.ts';
import { booksDiffer, failedTasks, quarantined } from './attention/work-attention.ts';

const kinds: readonly AttentionKind[] = [
  disarmed,
  draining,
  failedNodes,
  failedCommissions,
  troubledBmcs,
  wrongNetworks,
  slowLoads,
  shortClasses,
  pausedNodes,
  unmovedBookings,
  undecidedBlocks,
  suspendedRevisions,
  missingFiles,
  failedCaptures,
  failedTasks,
  quarantined,
  booksDiffer,
];

/** Everything that needs a person: one sentence each, since when, who is hit, and what can be done about it. */
export async function attention(deps: ServiceDeps, me: SignedIn): Promise<AttentionView> {
  if (!may(me, 'attention.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => ({
    items: await attentionItems(reader),
    lookedAt: reader.now,
  }));
}

/** For whoever tells others: oldest first. */
export async function attentionItems(reader: Reader): Promise<AttentionItem[]> {
  const items: AttentionItem[] = [];
  for (const kind of kinds) items.push(...(await kind.list(reader)));
  return items.sort((a, b) => a.since - b.since);
}

/** How many there are: one statement, for the bar of every page. */
export async function countAttention(deps: ServiceDeps, me: SignedIn): Promise<number> {
  if (!may(me, 'attention.read')) throw new LabError('not-allowed');
  return reading(deps.db, counted);
}

/** Calls back when it is another number. Returns how to stop. */
export async function watchAttention(
  deps: ServiceDeps,
  me: SignedIn,
  changed: () => void,
): Promise<() => void> {
  if (!may(me, 'attention.read')) throw new LabError('not-allowed');
  return watch(
    deps.db,
    'attention',
    everySecond(async (reader) => String(await counted(reader))),
    changed,
  );
}

const countSql = `SELECT ${kinds.map(({ rows }) => `(SELECT COUNT(*) ${rows})`).join(' + ')} AS n`;

async function counted(reader: Reader): Promise<number> {
  const bindings = kinds.flatMap((kind) => kind.bindings?.(reader.now) ?? []);
  const [row] = await reader.rows<{ n: number }>(countSql, bindings);
  return Number(row?.n ?? 0);
}
