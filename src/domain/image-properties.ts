/** What may be said of an image (vcl.md 1.8): forms, the API and the service ask here, so that one answer names every wrong field. */
import { idleMinutesFault, idleRuleNames } from './idle-rules.ts';
import { titleFault } from './image-names.ts';
import { minimumMinutes, mostMinutes } from './limits.ts';

const numbers = {
  cpus: [1, 255, 'processors'],
  memoryMb: [64, 8_388_607, 'MB'],
  diskMb: [0, 1_000_000_000, 'MB'],
  maxMinutes: [minimumMinutes, mostMinutes, 'minutes'],
  maxAtOnce: [1, 100_000, 'at once'],
} as const satisfies Record<string, readonly [least: number, most: number, unit: string]>;
const mostText = 5_000;
const textTooLong = `At most ${mostText} characters.`;

const ranges = Object.keys(numbers) as (keyof typeof numbers)[];
export const imageNumbers = [...ranges, ...idleRuleNames] as const;
export const imageTexts = ['title', 'description', 'notes'] as const;

/** What is wrong with a text of an image, in words; null when nothing is. */
export function imageTextFault(name: (typeof imageTexts)[number], text: string): string | null {
  if (name === 'title') return titleFault(text.trim());
  return text.length > mostText ? textTooLong : null;
}

/** The same of a number of it. */
export function imageNumberFault(name: (typeof imageNumbers)[number], value: number): string | null {
  if (!(name in numbers)) return idleMinutesFault(value);
  const [least, most, unit] = numbers[name as keyof typeof numbers];
  const fine = Number.isInteger(value) && value >= least && value <= most;
  return fine ? null : `A whole number from ${least} to ${most} ${unit}.`;
}
