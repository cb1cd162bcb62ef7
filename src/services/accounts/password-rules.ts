import { invalid } from '../../domain/errors.ts';

const fewestPasswordLetters = 10;
/** Longer ones are cut before they are looked at, so that nobody makes us work on megabytes. */
export const mostPasswordLetters = 1000;

/** Throws input.invalid for `field` when the password may not be the account's. */
export function checkPassword(name: string, password: string, field = 'password'): void {
  if ([...password].length < fewestPasswordLetters) {
    throw invalid(field, `At least ${fewestPasswordLetters} characters; a sentence is best.`);
  }
  if (password.length > mostPasswordLetters)
    throw invalid(field, `At most ${mostPasswordLetters} characters.`);
  if (password.toLowerCase().includes(name))
    throw invalid(field, 'It must not contain the name of the account.');
}

/** Lower case, so that no two accounts look alike. */
export function isUserName(name: string): boolean {
  return /^[a-z][a-z0-9._-]{0,59}$/.test(name);
}

/** Throws input.invalid when an account cannot be called that. */
export function checkUserName(name: string): void {
  if (!isUserName(name)) {
    throw invalid(
      'name',
      'A letter, then letters, digits, dots, hyphens or underscores; lower case, at most 60.',
    );
  }
}
