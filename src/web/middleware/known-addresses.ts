/** Behind all routes: which methods an address takes that was asked by another. */
import type { RequestHandler, Response } from 'express';
import type { Route } from '../route.ts';

/** For the path of a route: its method is one that would do. */
export function noteMethod(method: Route['method']): RequestHandler {
  return (_req, res, next) => {
    const methods = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    res.locals.methods = new Set([...methodsOf(res), ...methods]);
    next();
  };
}

/** What was noted for this request; nothing for an address that is none. */
export function methodsOf(res: Response): string[] {
  return [...((res.locals.methods ?? []) as Iterable<string>)].sort();
}
