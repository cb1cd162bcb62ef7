import { type Command, InvalidArgumentError } from 'commander';
import type { IdleRules } from '../../domain/idle-rules.ts';

/** As typed; `default`: as whoever comes after it says. Commander would take null for nothing. */
type Typed = number | 'default';

export interface IdleOptions {
  readonly neverConnected?: Typed;
  readonly disconnected?: Typed;
  readonly idle?: Typed;
}

/** The idle rules of an image or a pool, on the command line. */
export function addIdleOptions(command: Command): Command {
  const minutes = '<minutes>';
  return command
    .option(
      `--never-connected ${minutes}`,
      'wait so long for Connect and for a login; 0, or default',
      asTyped,
    )
    .option(`--disconnected ${minutes}`, 'wait so long for its person to come back; 0, or default', asTyped)
    .option(`--idle ${minutes}`, 'so long may nothing be typed; 0, or default', asTyped);
}

/** What the API is told. */
export function idleBody({ neverConnected, disconnected, idle }: IdleOptions): Partial<IdleRules> {
  const minutes = (typed: Typed) => (typed === 'default' ? null : typed);
  return {
    ...(neverConnected === undefined ? {} : { neverConnectedMinutes: minutes(neverConnected) }),
    ...(disconnected === undefined ? {} : { disconnectedMinutes: minutes(disconnected) }),
    ...(idle === undefined ? {} : { idleMinutes: minutes(idle) }),
  };
}

/** A line of what holds, for people. */
export function idleLine(rules: IdleRules): string {
  const word = (minutes: number | null, at: string) =>
    `${at} ${minutes === null ? 'default' : minutes === 0 ? 'never' : `after ${minutes} min`}`;
  const { neverConnectedMinutes, disconnectedMinutes, idleMinutes } = rules;
  return `goes to others: ${[
    word(neverConnectedMinutes, 'never connected'),
    word(disconnectedMinutes, 'disconnected'),
    word(idleMinutes, 'idle'),
  ].join(', ')}`;
}

function asTyped(text: string): Typed {
  if (text === 'default') return text;
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Expected minutes, 0 for never, or default.');
  return Number(text);
}
