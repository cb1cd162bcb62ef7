/** The token every form carries: made from the session's secret, so that any web process can check it and none keeps it. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** `owner`: the id of the person whose page it stands on, 0 for a visitor's. */
export function formToken(secret: string, owner = 0): string {
  return `${owner}.${createHmac('sha256', secret).update(`labrador form ${owner}`).digest('base64url')}`;
}

/** Constant time. */
export function isFormToken(secret: string, shown: unknown): boolean {
  return ownerOf(secret, shown) !== null;
}

/** Whose page the form stood on; null when the token was not made from this secret. */
export function ownerOf(secret: string, shown: unknown): number | null {
  if (typeof shown !== 'string') return null;
  const owner = Number.parseInt(shown, 10);
  const expected = Buffer.from(formToken(secret, owner));
  const given = Buffer.from(shown);
  return given.length === expected.length && timingSafeEqual(given, expected) ? owner : null;
}
