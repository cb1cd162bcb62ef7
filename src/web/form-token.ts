/** The token every form carries: made from the session's secret, so that any web process can check it and none keeps it. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export function formToken(secret: string): string {
  return createHmac('sha256', secret).update('labrador form').digest('base64url');
}

/** Constant time. */
export function isFormToken(secret: string, shown: unknown): boolean {
  if (typeof shown !== 'string') return false;
  const expected = Buffer.from(formToken(secret));
  const given = Buffer.from(shown);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
