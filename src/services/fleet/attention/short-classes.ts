/** Classes that begin within half an hour, or have begun, with seats that have no machine, or whose machine is late. */
import {
  type ShortDateRow,
  shortBindings,
  shortDateRows,
  shortDates,
} from '../../../../db/queries/class-day.ts';
import { wallClock } from '../../../domain/wall-clock.ts';
import type { AttentionItem } from '../../views.ts';
import type { AttentionKind } from './kind.ts';

/** They go away by themselves: a machine is looked for every few seconds. */
export const shortClasses: AttentionKind = {
  rows: shortDates,
  bindings: shortBindings,
  list: async (reader) => (await shortDateRows(reader)).map((row) => itemOf(row, reader.now)),
};

function itemOf(
  { id, block_id, course, time_zone, start_at, seats, lost, late }: ShortDateRow,
  now: number,
): AttentionItem {
  const time = wallClock(start_at, time_zone).slice(11, 16);
  const page = `/blocks/${block_id}/dates/${id}`;
  const [n, how] =
    lost > 0
      ? [lost, 'have no machine: none is free that could take them. Bring a machine back, or end something.']
      : [late, 'are late: their machines are not ready yet. See what they wait for.'];
  return {
    ...{ id: `class-${id}`, kind: 'node', since: Math.min(start_at, now), hits: null, about: page },
    text: `${n} of ${seats} seats for ${course} at ${time} ${how}`,
    action: { label: 'Look', path: page, link: true },
  };
}
