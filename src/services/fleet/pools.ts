import { z } from 'zod';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, isDuplicate, reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import type { PoolChanges } from '../services.ts';
import type { PoolSettingsView, PoolSettingView, SignedIn } from '../views.ts';

interface Row {
  id: number;
  name: string;
  module: string;
  settings: string;
  reach: PoolSettingsView['reach'];
  version: number;
}

/** A pool with its settings, each described by its module. */
export async function poolSettings(deps: ServiceDeps, me: SignedIn, id: number): Promise<PoolSettingsView> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  const [row] = await reading(deps.db, (reader) =>
    reader.rows<Row>('SELECT * FROM pools WHERE id = ?', [id]),
  );
  if (!row) throw new LabError('not-found');
  const { name, module, reach, version } = row;
  const typed = JSON.parse(row.settings) as Record<string, unknown>;
  return { id, name, module, reach, version, settings: settingsOf(deps, module, typed) };
}

/** What a module can be told, with what it was told. */
export function settingsOf(
  deps: ServiceDeps,
  module: string,
  typed: Readonly<Record<string, unknown>>,
): PoolSettingView[] {
  const schema = deps.descriptors[module]?.settings;
  if (!schema) throw invalid('module', 'There is no such module.');
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as {
    properties?: Record<string, Told>;
  };
  return Object.entries(properties).map(([name, told]) => ({
    name,
    description: told.description ?? '',
    kind:
      told.type === 'number' || told.type === 'integer' ? 'number' : told.type === 'array' ? 'list' : 'text',
    options: told.enum ?? [],
    value: typed[name] ?? told.default ?? '',
  }));
}

interface Told {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

/** Changes a pool; settings that its module would not take are refused by name, and nothing is changed. */
export async function editPool(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  changes: PoolChanges,
): Promise<void> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  await inTransaction(deps.db, async (tx) => {
    const [row] = await tx.rows<Row>('SELECT * FROM pools WHERE id = ?', [id]);
    if (!row) throw new LabError('not-found');
    const merged = { ...(JSON.parse(row.settings) as object), ...changes.settings };
    const settings = checked(deps, row.module, merged);
    const { name = row.name, reach = row.reach, version = row.version } = changes;
    const [other] = await tx.rows('SELECT id FROM pools WHERE name = ? AND id <> ?', [name, id]);
    if (other) throw new LabError('name.taken', { fields: { name: 'That name is taken.' } });
    const changed = await tx
      .table('pools')
      .where({ id, version })
      .update({ name, reach, settings: JSON.stringify(settings), version: version + 1 });
    if (changed !== 1) throw new LabError('changed-meanwhile');
    await addEvent(tx, { kind: 'pool-changed', actorId: me.id, data: { pool: name } });
  }).catch((error: unknown) => {
    throw isDuplicate(error)
      ? new LabError('name.taken', { fields: { name: 'That name is taken.' } })
      : error;
  });
}

function checked(deps: ServiceDeps, module: string, settings: object): unknown {
  const parsed = deps.descriptors[module]?.settings.safeParse(settings);
  if (parsed?.success) return parsed.data;
  const fields = (parsed?.error.issues ?? []).map((issue) => [
    issue.path.join('.').replace(/\..*/, ''),
    `${issue.message}.`,
  ]);
  throw new LabError('input.invalid', {
    fields: Object.fromEntries(fields),
    detail: fields.map((one) => one.join(': ')).join(' '),
  });
}
