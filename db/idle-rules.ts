/** The idle rules of an image or a pool, and the columns that they lie in. */
import type { IdleRuleChanges, IdleRules } from '../src/domain/idle-rules.ts';
import type { IdleRuleColumns } from './rows.ts';

export function idleRules(row: IdleRuleColumns): IdleRules {
  return {
    neverConnectedMinutes: row.never_connected_minutes,
    disconnectedMinutes: row.disconnected_minutes,
    idleMinutes: row.idle_minutes,
  };
}

/** What is absent of the changes is absent of the columns. */
export function idleColumns(changes: IdleRuleChanges): Partial<IdleRuleColumns> {
  const all = {
    never_connected_minutes: changes.neverConnectedMinutes,
    disconnected_minutes: changes.disconnectedMinutes,
    idle_minutes: changes.idleMinutes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
