import type { RequestHandler } from 'express';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { isApi, type Route } from '../route.ts';
import { visitOf } from '../visit.ts';

/** Stands before everything else of a route: who may not come in learns nothing more, not even that the body was wrong. */
export function guard(route: Route): RequestHandler {
  return (req, res, next) => {
    const { me, by } = visitOf(res);
    if (route.who === 'open') return next();
    if (me === null) throw new LabError('sign-in.required');
    if (me.mustChangePassword && by === 'session' && route.beforePassword !== true) {
      if (!isApi(req.path)) return res.redirect(303, '/password');
      throw new LabError('not-allowed', { detail: 'Please change your password first, on the site.' });
    }
    if (route.who !== 'signed-in' && !may(me, route.who)) throw new LabError('not-allowed');
    next();
  };
}
