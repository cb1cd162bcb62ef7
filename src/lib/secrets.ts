import { createHash, randomBytes, randomInt } from 'node:crypto';

/** A random secret that is shown once: 256 bits, fit for an address. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** How a secret that is only compared is stored: SHA-256 in hex. */
export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Letters and digits that nobody confuses when they read or type them. */
const plainLetters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A random word of `length` unmistakable letters: about 5 bits each. */
export function randomLetters(length: number): string {
  return Array.from({ length }, () => plainLetters[randomInt(plainLetters.length)]).join('');
}

/** A password that is easy to type: four groups of four letters, 79 bits. */
export function randomPassword(): string {
  return Array.from({ length: 4 }, () => randomLetters(4)).join('-');
}
