/** Loads that are stuck, as it looks: what they do now takes at least twice as long as usual. */
import { earlierLoads } from '../../../../db/queries/loads.ts';
import type { LoadRow } from '../../../../db/rows.ts';
import { type BegunPhase, phaseTitles, usualPhases, whereToLook } from '../../../domain/load-phases.ts';
import { inWords } from '../../../domain/time.ts';
import type { AttentionItem } from '../../views.ts';
import type { AttentionKind } from './kind.ts';

const rows = 'FROM loads l JOIN nodes n ON n.id = l.node_id WHERE l.ended_at IS NULL AND l.slow_at < ?';
const bindings = (now: number) => [now];

type SlowRow = LoadRow & { node_name: string; user_name: string | null };

/** They go away by themselves: when the phase is over, or the load fails. */
export const slowLoads: AttentionKind = {
  rows,
  bindings,
  async list(reader) {
    const found = await reader.rows<SlowRow>(
      `SELECT l.*, n.name AS node_name, (SELECT u.name FROM reservations r JOIN users u ON u.id = r.user_id
          WHERE r.id = l.reservation_id) AS user_name ${rows} ORDER BY l.id LIMIT 500`,
      bindings(reader.now),
    );
    const earlier = await earlierLoads(reader, found);
    return found.map((row, index) => itemOf(row, usualPhases(earlier[index] ?? []), reader.now));
  },
};

function itemOf(row: SlowRow, usual: ReturnType<typeof usualPhases>, now: number): AttentionItem {
  const { phase, at } = (JSON.parse(row.phases) as BegunPhase[]).at(-1) ?? { phase: 'prepare', at: now };
  const before = usual.find((one) => one.phase === phase)?.milliseconds ?? 0;
  return {
    ...{ id: `load-${row.id}-${phase}`, kind: 'node', since: Number(row.slow_at) },
    text: `Loading ${row.image} on ${row.node_name} has been at ${phaseTitles[phase]} for ${inWords(now - at)}, which takes ${inWords(before)} otherwise. ${whereToLook[phase]}`,
    hits: row.user_name,
    about: `/nodes/${row.node_id}`,
    action: { label: 'Look', path: `/loads/${row.id}`, link: true },
  };
}
