/** What was typed into a form, as it came: a refused form shows it again. */
import type { Request } from 'express';
import type { Refusal } from './refusal.ts';

export type Typed = Readonly<Record<string, unknown>>;

export function bodyOf(req: Request): Typed {
  return (req.body ?? {}) as Typed;
}

/** A field of it as text of at most so many characters; empty for what is none. */
export function bodyText(req: Request, field: string, most = 300): string {
  const value = bodyOf(req)[field];
  return typeof value === 'string' ? value.slice(0, most) : '';
}

/** All of it as texts. */
export function bodyTexts(req: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(bodyOf(req)).map(([name, value]) => [name, String(value)]));
}

/** What an edited form shows beside a refusal: who comes second sees what it is now. */
export function bodyAgain(req: Request, refusal: Refusal): Typed {
  return refusal.code === 'changed-meanwhile' ? {} : bodyOf(req);
}
