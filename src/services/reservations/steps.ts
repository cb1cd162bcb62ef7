import type { EventRow, ReservationListRow } from '../../../db/queries/reservations.ts';
import type { StepView } from '../views.ts';

const titles = [
  ['booked', 'Booked'],
  ['assigned', 'Machine assigned'],
  ['loading', 'Loading the image'],
  ['booting', 'Starting up'],
  ['ready', 'Ready'],
] as const;

/** How many are to be loaded before its machine, where the event says that it waits for its turn. */
export function aheadOf({ kind, data }: EventRow): number | null {
  return kind === 'progress' ? ((JSON.parse(data) as { ahead?: number }).ahead ?? null) : null;
}

const again: ReadonlySet<string> = new Set(['reinstall-asked', 'another-asked']);

/** When its person last asked for it to be made ready anew. */
export function askedAgain(events: readonly EventRow[]): EventRow | undefined {
  return events.findLast(({ kind }) => again.has(kind));
}

/** When each of the five steps began, from the events of the reservation's newest try. Missing steps were not needed. */
function beginnings(row: ReservationListRow, events: readonly EventRow[]): (number | null)[] {
  const lastTry = events.findLastIndex(({ kind }) => kind === 'moved' || again.has(kind));
  const mine = events.slice(lastTry + 1);
  const progress = mine.filter((event) => event.kind === 'progress' && aheadOf(event) === null);
  const step = (event: EventRow) => String((JSON.parse(event.data) as { step?: string }).step ?? '');
  const at = (event: EventRow | undefined) => (event ? Number(event.at) : null);
  return [
    at(askedAgain(events)) ?? Number(row.created_at),
    at(mine.find((event) => event.kind === 'assigned')),
    at(progress.find((event) => !/start|boot/i.test(step(event)))),
    at(progress.find((event) => /start|boot/i.test(step(event)))),
    row.state === 'new' || row.state === 'reinstall'
      ? null
      : at(mine.findLast((event) => event.kind === 'ready')),
  ];
}

/** The five steps in a line, with the seconds that each took or has taken so far. */
export function stepsOf(row: ReservationListRow, events: readonly EventRow[], now: number): StepView[] {
  const began = beginnings(row, events);
  const current = began.findLastIndex((at) => at !== null);
  const failed = row.state === 'failed';
  const ready = began[4] !== null;
  const moves = isMoving(row, current, now);
  return titles.map(([id, title], index) => {
    const state =
      index < current || (ready && index === 4)
        ? 'done'
        : index > current
          ? 'todo'
          : failed
            ? 'failed'
            : moves
              ? 'now'
              : 'done';
    return {
      id,
      title,
      state,
      seconds:
        moves || failed || index !== current || index === 4
          ? secondsOf(began, index, current, failed ? Number(row.ended_at) : now)
          : null,
    };
  });
}

/** A booking whose time has not come waits for nothing, and nothing goes on with one that has ended. */
function isMoving(row: ReservationListRow, current: number, now: number): boolean {
  if (row.state === 'reinstall') return true;
  return row.state === 'new' && (current > 0 || Number(row.start_at) <= now);
}

function secondsOf(
  began: readonly (number | null)[],
  index: number,
  current: number,
  now: number,
): number | null {
  const since = began[index];
  if (since === null || since === undefined) return null;
  if (index === 4) return Math.max(0, (since - (began[0] ?? since)) / 1000);
  const next = began.slice(index + 1).find((at) => at !== null && at !== undefined);
  return Math.max(0, ((index === current ? now : (next ?? now)) - since) / 1000);
}
