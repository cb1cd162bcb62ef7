import { InvalidArgumentError } from 'commander';
import { type Clock, makeClock } from '../web/clock.ts';

const expected =
  'Expected 14:30 (the next one), "2026-09-01 14:30" by the clock of this computer, or 2026-09-01T12:30:00Z.';

/** A moment as it is typed on the command line, as ISO 8601 in UTC. Throws InvalidArgumentError. */
export function startTime(typed: string, clock: Clock = makeClock(null)): string {
  const at = momentOf(typed.trim(), clock);
  if (Number.isNaN(at)) throw new InvalidArgumentError(expected);
  return new Date(at).toISOString();
}

function momentOf(typed: string, clock: Clock): number {
  if (/^\d\d:\d\d$/.test(typed)) return nextOf(typed, clock);
  if (/T.*(Z|[+-]\d\d:\d\d)$/.test(typed)) return Date.parse(typed);
  return clock.fromLocalInput(typed.replace(' ', 'T'));
}

/** Today, or tomorrow where that is over. */
function nextOf(time: string, clock: Clock): number {
  const today = clock.localInput(clock.now).slice(0, 10);
  const at = clock.fromLocalInput(`${today}T${time}`);
  if (!(at <= clock.now)) return at;
  const tomorrow = new Date(Date.parse(`${today}T12:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return clock.fromLocalInput(`${tomorrow}T${time}`);
}
