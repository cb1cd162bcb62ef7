/** What administrators are answered, as the API writes it. */
import type { z } from 'zod';
import type * as view from '../../services/administration-views.ts';
import type { PoolNetworkView, PoolTestView } from '../../services/views.ts';
import type * as schema from './schemas/administration.ts';
import type { PoolNetworkSchema, PoolTestSchema } from './schemas/pools.ts';

type Json<Schema extends z.ZodType> = z.output<Schema>;

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

export function presentTask(task: view.TaskView): Json<typeof schema.TaskSchema> {
  const { createdAt, runAfter, endedAt, ...rest } = task;
  return { ...rest, createdAt: iso(createdAt), runAfter: iso(runAfter), endedAt: isoOrNull(endedAt) };
}

export function presentTaskDetail(task: view.TaskDetailView): Json<typeof schema.TaskDetailSchema> {
  const { stop, tree, log, ...rest } = task;
  const shown = tree.map(({ depth, ...one }) => ({ ...presentTask(one), depth }));
  return { ...presentTask(rest), stop, tree: shown, log: log.map(presentAuditEvent) };
}

export function presentAuditEvent(event: view.EventView): Json<typeof schema.AuditEventSchema> {
  return { ...event, at: iso(event.at), keptUntil: isoOrNull(event.keptUntil) };
}

export function presentSpell(spell: view.SpellView): Json<typeof schema.SpellSchema> {
  const { from, until, others, cameFrom, ...rest } = spell;
  const whence = cameFrom.map(({ at, ...one }) => ({ ...one, at: iso(at) }));
  return { ...rest, others: [...others], from: iso(from), until: isoOrNull(until), cameFrom: whence };
}

export function presentPoolTest(test: PoolTestView): Json<typeof PoolTestSchema> {
  return { ...test, askedAt: iso(test.askedAt), endedAt: isoOrNull(test.endedAt), checks: [...test.checks] };
}

export function presentPoolNetwork(network: PoolNetworkView): Json<typeof PoolNetworkSchema> {
  const { checkedAt, wrongSince, checks } = network;
  return {
    ...network,
    checkedAt: isoOrNull(checkedAt),
    wrongSince: isoOrNull(wrongSince),
    checks: [...checks],
  };
}
