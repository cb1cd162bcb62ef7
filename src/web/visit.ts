/** Who asks: found out once for each request, kept in `res.locals`. */
import type { Response } from 'express';
import { LabError } from '../domain/errors.ts';
import type { SignedIn } from '../services/views.ts';

export interface Visit {
  /** Shown with an error and written to the log. */
  readonly id: string;
  readonly me: SignedIn | null;
  /** How they proved it. A token needs no form token: no browser sends it by itself. */
  readonly by: 'session' | 'token' | null;
  /** The session's secret, or that of a visitor who has not signed in; form tokens are made from it. */
  readonly secret: string;
  /** What needs attention, counted for those who may see it; else 0. */
  readonly attention: number;
}

export function setVisit(res: Response, visit: Visit): void {
  res.locals.visit = visit;
}

export function visitOf(res: Response): Visit {
  return res.locals.visit as Visit;
}

/** The person who asks. Throws `sign-in.required` when nobody is signed in. */
export function meOf(res: Response): SignedIn {
  const { me } = visitOf(res);
  if (me === null) throw new LabError('sign-in.required');
  return me;
}
