import { idleRules } from '../../../db/idle-rules.ts';
import {
  countPools,
  type PoolListRow,
  type PoolSort,
  poolRows,
  poolRowsAfter,
} from '../../../db/queries/pools.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { editedPool, removedPool } from '../../../db/repositories/pools.ts';
import type { PoolRow } from '../../../db/rows.ts';
import { inTransaction, isDuplicate, type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { type IdleRuleChanges, idleRuleFaults } from '../../domain/idle-rules.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { idOfCursor } from '../paging.ts';
import type { ListRequest, PageRequest, PoolChanges } from '../services.ts';
import type { Listing, Page, PoolSettingsView, PoolView, SignedIn } from '../views.ts';
import { pageOf } from './machines.ts';
import { checkedSettings, settingsOf } from './pool-settings.ts';

export async function listPools(
  deps: ServiceDeps,
  me: SignedIn,
  request: PageRequest,
): Promise<Page<PoolView>> {
  if (!may(me, 'pool.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await poolRowsAfter(reader, idOfCursor(request.cursor) ?? 0, request.limit + 1);
    return pageOf(rows, request.limit, (row) => poolView(deps, row));
  });
}

/** What people sort and turn the pages of. */
export async function findPools(
  deps: ServiceDeps,
  me: SignedIn,
  part: ListRequest<PoolSort>,
): Promise<Listing<PoolView>> {
  if (!may(me, 'pool.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await poolRows(reader, part);
    return { items: rows.map((row) => poolView(deps, row)), total: await countPools(reader) };
  });
}

function poolView(deps: ServiceDeps, row: PoolListRow): PoolView {
  return {
    id: row.id,
    name: row.name,
    module: row.module,
    moduleTitle: deps.descriptors[row.module]?.title ?? row.module,
    simulated: deps.descriptors[row.module]?.simulated === true,
    bareMetal: deps.descriptors[row.module]?.bareMetal === true,
    reach: row.reach,
    nodes: Number(row.nodes),
    available: Number(row.available ?? 0),
  };
}

/** A pool with its settings, each described by its module. */
export async function poolSettings(deps: ServiceDeps, me: SignedIn, id: number): Promise<PoolSettingsView> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const row = await poolRow(reader, id);
    const { name, module, reach, version, settings } = row;
    const typed = JSON.parse(settings) as Record<string, unknown>;
    return {
      id,
      name,
      module,
      reach,
      version,
      nodes: await nodesOf(reader, id),
      fromNetwork: deps.descriptors[module]?.networkSeconds !== undefined,
      settings: settingsOf(deps, module, typed),
      ...idleRules(row),
    };
  });
}

/** Throws `not-found`. */
export async function poolRow(reader: Reader, id: number): Promise<PoolRow> {
  const [row] = await reader.rows<PoolRow>('SELECT * FROM pools WHERE id = ?', [id]);
  if (!row) throw new LabError('not-found');
  return row;
}

async function nodesOf(reader: Reader, id: number): Promise<number> {
  const [row] = await reader.rows<{ n: number }>('SELECT COUNT(*) AS n FROM nodes WHERE pool_id = ?', [id]);
  return Number(row?.n ?? 0);
}

/** Changes a pool; settings that its module would not take are refused by name, and nothing is changed. */
export async function editPool(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: PoolChanges,
): Promise<void> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  checkIdleRules(changes);
  await inTransaction(deps.db, async (tx) => {
    const row = await poolRow(tx, id);
    const before = JSON.parse(row.settings) as Record<string, unknown>;
    const settings = checkedSettings(deps, row.module, { ...before, ...changes.settings });
    const { name = row.name, reach = row.reach, version = row.version } = changes;
    const [other] = await tx.rows('SELECT id FROM pools WHERE name = ? AND id <> ?', [name, id]);
    if (other) throw nameTaken();
    if (!(await editedPool(tx, id, version, { name, reach, settings, idle: changes })))
      throw new LabError('changed-meanwhile');
    await addEvent(tx, { kind: 'pool-changed', actorId: me.id, data: { pool: name } });
  }).catch((error: unknown) => {
    throw isDuplicate(error) ? nameTaken() : error;
  });
}

/** Throws `input.invalid` that names every rule that is wrong. */
export function checkIdleRules(changes: IdleRuleChanges): void {
  const fields = idleRuleFaults(changes);
  const detail = Object.entries(fields)
    .map((one) => one.join(': '))
    .join(' ');
  if (detail !== '') throw new LabError('input.invalid', { fields, detail });
}

export function nameTaken(): LabError {
  return new LabError('name.taken', { fields: { name: 'That name is taken.' } });
}

/** Removes a pool that has no nodes; `version` is the one that was shown. */
export async function removePool(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  version?: number,
): Promise<void> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  await inTransaction(deps.db, async (tx) => {
    const gone = await removedPool(tx, id);
    if (gone === null) throw new LabError('not-found');
    if (gone.nodes > 0) throw inUse(gone.nodes);
    if (version !== undefined && version !== gone.version) throw new LabError('changed-meanwhile');
    await addEvent(tx, { kind: 'pool-removed', actorId: me.id, data: { pool: gone.name } });
  });
}

function inUse(nodes: number): LabError {
  const has = nodes === 1 ? 'one node: remove it' : `${nodes} nodes: remove them`;
  return new LabError('pool.in-use', { detail: `The pool has ${has} first.` });
}
