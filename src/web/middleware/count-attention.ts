import type { RequestHandler } from 'express';
import { may } from '../../domain/may.ts';
import { isApi } from '../route.ts';
import { setVisit, visitOf } from '../visit.ts';
import type { Web } from '../web.ts';

/** What the bar of a page says of *Needs attention*: one statement, for those who may see it alone. */
export function countAttention(web: Web): RequestHandler {
  return async (req, res, next) => {
    const visit = visitOf(res);
    if (visit.me !== null && !isApi(req.path) && may(visit.me, 'attention.read'))
      setVisit(res, { ...visit, attention: await web.services.countAttention(visit.me) });
    next();
  };
}
