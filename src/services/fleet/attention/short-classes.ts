/** Classes that begin within half an hour, or have begun, with seats that have no machine. */
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
  { id, block_id, course, time_zone, start_at, seats, lost }: ShortDateRow,
  now: number,
): AttentionItem {
  const time = wallClock(start_at, time_zone).slice(11, 16);
  const page = `/blocks/${block_id}/dates/${id}`;
  return {
    ...{ id: `class-${id}`, kind: 'node', since: Math.min(start_at, now), hits: null, about: page },
    text: `${lost} of ${seats} seats for ${course} at ${time} have no machine: none is free that could take them. Bring a machine back, or end something.`,
    action: { label: 'Look', path: page, link: true },
  };
}
