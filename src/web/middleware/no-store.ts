import type { RequestHandler } from 'express';

/** Pages and answers are about one person and one moment: nobody keeps them, and *back* asks again. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('cache-control', 'no-store');
  next();
};
