/** The two cookies: a session, and a visitor's own secret before there is one. */
import type { Request, Response } from 'express';

export type CookieName = 'session' | 'visitor';

/** Browsers keep `__Host-` cookies to this host and https alone. */
function fullName(name: CookieName, secure: boolean): string {
  return secure ? `__Host-labrador-${name}` : `labrador-${name}`;
}

export function readCookie(req: Request, name: CookieName, secure: boolean): string | null {
  const wanted = fullName(name, secure);
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    const value = pair.slice(at + 1).trim();
    if (pair.slice(0, at).trim() === wanted && /^[\w.~-]{8,400}$/.test(value)) return value;
  }
  return null;
}

export function setCookie(res: Response, name: CookieName, value: string, secure: boolean): void {
  res.cookie(fullName(name, secure), value, { httpOnly: true, sameSite: 'lax', secure, path: '/' });
}

export function dropCookie(res: Response, name: CookieName, secure: boolean): void {
  res.clearCookie(fullName(name, secure), { httpOnly: true, sameSite: 'lax', secure, path: '/' });
}
