import { type Command, InvalidArgumentError } from 'commander';
import type { IdleRules } from '../../domain/idle-rules.ts';

/** As typed; null: as whoever comes after it says. */
export interface IdleOptions {
  readonly neverConnected?: number | null;
  readonly disconnected?: number | null;
  readonly idle?: number | null;
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
  return {
    ...(neverConnected === undefined ? {} : { neverConnectedMinutes: neverConnected }),
    ...(disconnected === undefined ? {} : { disconnectedMinutes: disconnected }),
    ...(idle === undefined ? {} : { idleMinutes: idle }),
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

function asTyped(text: string): number | null {
  if (text === 'default') return null;
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Expected minutes, 0 for never, or default.');
  return Number(text);
}
