/** Fields that pages and the API share: what they take, and the sentence that says what is expected. */
import { z } from 'zod';
import { type IdleRules, idleMinutesFault, idleRuleNames } from '../domain/idle-rules.ts';
import {
  imageNumberFault,
  type imageNumbers,
  imageTextFault,
  type imageTexts,
} from '../domain/image-properties.ts';
import { horizonDays, minimumMinutes } from '../domain/limits.ts';

const mostMinutes = horizonDays * 24 * 60;
const expected = 'must be a whole number of minutes, such as 60.';

/** Whole minutes, at least one; what a group or an environment allows is the services' business. */
export const minutesNumber = z
  .number(expected)
  .int(expected)
  .min(1, 'must be at least 1 minute.')
  .max(mostMinutes, `must be at most ${mostMinutes} minutes (${horizonDays} days).`);

/** Minutes of a booking: the shortest there is, in the same words as the services'. */
export const bookedMinutes = minutesNumber.min(minimumMinutes, `must be at least ${minimumMinutes} minutes.`);

const expectedTyped = 'must be a whole number of minutes, or a length such as 1:30 or 2 h.';
const plainMinutes = /^(-?\d{1,15})\s*(?:m|min|minutes?)?$/i;
const hours = /^(\d{1,4})(?::(\d\d)|\s*(?:h|hours?)(?:\s*(\d{1,2})\s*(?:m|min|minutes?)?)?)$/i;

/** A length as people type it, in minutes: "90", "90 min", "1:30", "2 h", "1 h 30 min". Null for anything else. */
export function minutesIn(typed: string): number | null {
  const text = typed.trim();
  const plain = plainMinutes.exec(text);
  if (plain) return Number(plain[1]);
  const [found, whole, afterColon, rest] = hours.exec(text) ?? [];
  return found === undefined ? null : Number(whole) * 60 + Number(afterColon ?? rest ?? 0);
}

/** The same as typed into a form. */
const minutesText = z.string(expectedTyped).transform((typed, context) => {
  const minutes = minutesIn(typed);
  if (minutes !== null) return minutes;
  context.addIssue({ code: 'custom', message: expectedTyped });
  return z.NEVER;
});
export const minutesField = minutesText.pipe(minutesNumber);
export const bookedMinutesField = minutesText.pipe(bookedMinutes);

const idleTyped = z
  .string('is missing.')
  .trim()
  .regex(/^\d{0,6}$/, 'A whole number, or nothing.')
  .transform((typed) => (typed === '' ? null : Number(typed)))
  .superRefine(fitsIdleRule)
  .optional();
/** The idle rules of an image or a pool as they are typed into a form; nothing typed: whoever comes after it says. */
export const idleRulesTyped = {
  neverConnectedMinutes: idleTyped,
  disconnectedMinutes: idleTyped,
  idleMinutes: idleTyped,
};

const idleTold = z.int('must be a whole number.').superRefine(fitsIdleRule).nullable().optional();
const orElse = '0: for ever; null: as its pool says, else the installation.';
/** The same as the API takes them. */
export const idleRulesTold = {
  neverConnectedMinutes: idleTold.describe(
    `Minutes that a machine waits for Connect, and then for a login. ${orElse}`,
  ),
  disconnectedMinutes: idleTold.describe(`Minutes that it waits for its person to come back. ${orElse}`),
  idleMinutes: idleTold.describe(`Minutes in which nothing is typed while somebody is connected. ${orElse}`),
};

/** And as it answers with them. */
export const idleRulesShown = {
  neverConnectedMinutes: z.int().nullable(),
  disconnectedMinutes: z.int().nullable(),
  idleMinutes: z.int().nullable(),
};

/** As a form shows them. */
export function idleRuleTexts(rules: IdleRules): Readonly<Record<keyof IdleRules, string>> {
  const texts = idleRuleNames.map((name) => [name, String(rules[name] ?? '')]);
  return Object.fromEntries(texts) as Record<keyof IdleRules, string>;
}

function fitsIdleRule(value: number | null, context: z.RefinementCtx): void {
  say(context, value === null ? null : idleMinutesFault(value));
}

/** A text of an image within its bounds: for `superRefine`. */
export const fitsImageText =
  (name: (typeof imageTexts)[number]) => (text: string, context: z.RefinementCtx) =>
    say(context, imageTextFault(name, text));

/** The same for a number of it; null is no limit. */
export const fitsImageNumber =
  (name: (typeof imageNumbers)[number]) => (value: number | null, context: z.RefinementCtx) =>
    say(context, value === null ? null : imageNumberFault(name, value));

function say(context: z.RefinementCtx, fault: string | null): void {
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
}
