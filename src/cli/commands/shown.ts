import { InvalidArgumentError } from 'commander';
import { say } from '../say.ts';

/** Prints an answer of the API, in words or as it came. */
export function show<Answer>(
  answer: Answer,
  json: true | undefined,
  words: (answer: Answer) => string,
): void {
  say(json ? JSON.stringify(answer, null, 2) : words(answer));
}

/** A number on the command line. */
export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}
