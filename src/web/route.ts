/** One row of the table of routes: the application is built from it, and the route test walks it. */
import type { NextFunction, Request, Response } from 'express';
import type { Action } from '../domain/may.ts';
import type { Web } from './web.ts';

/** Whom the door lets in before a service decides about the thing itself: anybody, anybody signed in, who may do the action. */
export type Who = 'open' | 'signed-in' | Action;

export type Handler = (web: Web, req: Request, res: Response, next: NextFunction) => Promise<void> | void;

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As Express writes it; API routes begin with /api/v1. */
  readonly path: string;
  readonly who: Who;
  readonly handle: Handler;
  /** Shows the form again when it was open for too long; without it a page offers to send it again. */
  readonly whenStale?: Handler;
  /** Takes up to 2 MB: tables that people paste. */
  readonly large?: boolean;
  /** May be used before a password that must be changed was changed. */
  readonly beforePassword?: boolean;
}

export const apiRoot = '/api/v1';

/** True for addresses that answer with JSON and problem details, never with pages. */
export function isApi(path: string): boolean {
  return path === apiRoot || path.startsWith(`${apiRoot}/`);
}
