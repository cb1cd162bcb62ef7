import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

/** Gives each request an id and writes one line when it is answered: the route's pattern, never an address with a secret in it. */
export function logRequests(log: Logger): RequestHandler {
  return (req, res, next) => {
    const id = randomBytes(6).toString('hex');
    res.locals.requestId = id;
    const began = performance.now();
    res.once('finish', () => {
      const route = (req.route as { path?: string } | undefined)?.path ?? null;
      if (route === null && res.statusCode < 400) return;
      const ms = Math.round(performance.now() - began);
      log.debug({ request: id, method: req.method, route, status: res.statusCode, ms }, 'answered');
    });
    next();
  };
}
