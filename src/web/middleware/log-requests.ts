import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { HttpTimes } from '../http-times.ts';

/** Gives each request an id and writes one line when it is answered: the route's pattern, never an address with a secret in it. */
export function logRequests(log: Logger, times: HttpTimes): RequestHandler {
  return (req, res, next) => {
    const id = randomBytes(6).toString('hex');
    res.locals.requestId = id;
    const began = performance.now();
    res.once('finish', () => {
      const route = (req.route as { path?: string } | undefined)?.path ?? null;
      if (route === null && res.statusCode < 400) return;
      const ms = Math.round(performance.now() - began);
      if (route !== null) times.add(req.method, route, res.statusCode, (performance.now() - began) / 1000);
      log.debug({ request: id, method: req.method, route, status: res.statusCode, ms }, 'answered');
    });
    next();
  };
}
