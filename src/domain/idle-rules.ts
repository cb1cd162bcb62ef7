/**
 * How long a machine waits for its person before others get it: three rules apart (vcl.md 8.1). What is exempt from all of them
 * is said where the rows are read (`db/facts.ts`).
 */
import type { TimeSettings } from './contracts/time-settings.ts';
import type { FieldErrors } from './errors.ts';
import { minute, second } from './time.ts';

export const idleRuleNames = ['neverConnectedMinutes', 'disconnectedMinutes', 'idleMinutes'] as const;

/** What an image or a pool says: whole minutes, 0 for never. Null: whoever comes after it does (image, pool, installation). */
export type IdleRules = Readonly<Record<(typeof idleRuleNames)[number], number | null>>;

/** What is absent stays. */
export type IdleRuleChanges = { readonly [Name in keyof IdleRules]?: IdleRules[Name] | undefined };

export const noIdleRules: IdleRules = {
  neverConnectedMinutes: null,
  disconnectedMinutes: null,
  idleMinutes: null,
};

/** How long each clock runs, in milliseconds; null where it does not run. */
export interface IdleClocks {
  /** Until Connect is pressed, and then until the first login. */
  readonly connect: number | null;
  readonly logIn: number | null;
  /** Until its person is back. */
  readonly reconnect: number | null;
  /** Until something is typed. */
  readonly input: number | null;
}

/** Every rule that is wrong, with what is expected. */
export function idleRuleFaults(changes: IdleRuleChanges): FieldErrors {
  const faults = idleRuleNames.map(
    (name) => [name, changes[name] == null ? null : idleMinutesFault(changes[name])] as const,
  );
  return Object.fromEntries(faults.filter(([, fault]) => fault !== null)) as FieldErrors;
}

/** A clock is announced so long before it runs out. */
export const warnBefore = 5 * minute;

/** Nobody is warned the moment that a clock begins. */
const least = (2 * warnBefore) / minute;
const most = 7 * 24 * 60;

/** What is wrong with the minutes of a rule, in words; null when nothing is. */
export function idleMinutesFault(minutes: number): string | null {
  const fine = Number.isInteger(minutes) && (minutes === 0 || (minutes >= least && minutes <= most));
  return fine ? null : `0 for never, or a whole number from ${least} to ${most} minutes.`;
}

/** What holds: the image's word, else the pool's, else the installation's. */
export function idleClocks(settings: TimeSettings, image: IdleRules, pool: IdleRules | null): IdleClocks {
  const clock = (name: keyof IdleRules, seconds: number): number | null => {
    const minutes = image[name] ?? pool?.[name] ?? null;
    const long = minutes === null ? seconds * second : minutes * minute;
    return long === 0 ? null : long;
  };
  return {
    connect: clock('neverConnectedMinutes', settings.acknowledgeSeconds),
    logIn: clock('neverConnectedMinutes', settings.initialConnectSeconds),
    reconnect: clock('disconnectedMinutes', settings.reconnectSeconds),
    input: clock('idleMinutes', settings.idleSeconds),
  };
}

/**
 * Since when nothing was typed, in epoch milliseconds: `quiet` milliseconds before `now`, as the machine says, or `before`, which
 * was found earlier, while nothing was typed since. What is seen for the first time leaves time to be warned of it.
 */
export function idleSince(now: number, quiet: number, before: number | null, limit: number): number {
  const said = now - Math.max(0, quiet);
  if (before === null) return Math.max(said, now - Math.max(0, limit - warnBefore));
  // what the machine says comes late and is rounded: only what is clearly later is input
  return said > before + inaccuracy ? said : before;
}

const inaccuracy = 20 * second;
